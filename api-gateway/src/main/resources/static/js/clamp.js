import { h } from './dom.js';

const watched = new WeakMap();
const sizes = new ResizeObserver((entries) => entries.forEach(({ target }) => watched.get(target)?.()));

/**
 * Adds a button after a text that CSS cuts after some lines. The button shows and hides the rest; it is hidden if the
 * whole text fits.
 */
export function clamp(text, words = { more: 'Show more', less: 'Show less' }) {
  const button = h('button', { type: 'button', class: 'quiet more', testid: 'show-more', 'aria-expanded': 'false' }, words.more);
  text.classList.add('clamped');
  const update = () => {
    const open = !text.classList.contains('clamped');
    button.hidden = !open && text.scrollHeight <= text.clientHeight + 1;
    button.ariaExpanded = String(open);
    button.textContent = open ? words.less : words.more;
  };
  button.onclick = () => {
    text.classList.toggle('clamped');
    update();
  };
  text.after(button);
  watched.set(text, update);
  sizes.observe(text);
}
