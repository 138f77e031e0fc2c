/** The parts of the page that are not about turns: theme, keys, address, connection band, messages. */
import { byId, h, icon, setText } from './dom.js';
import { secondsLeft } from './words.js';

const THEMES = { system: 'As the system', light: 'Light', dark: 'Dark' };

/** The switch; `theme-boot.js` has set what was chosen before the first paint. */
export function themeSwitch() {
  const button = byId('theme');
  const chosen = document.documentElement.dataset;
  const show = () => {
    const theme = chosen.theme ?? 'system';
    button.replaceChildren(icon(theme), h('span', {}, THEMES[theme]));
    button.setAttribute('aria-label', `Colours: ${THEMES[theme]}`);
  };
  button.onclick = () => {
    const names = Object.keys(THEMES);
    const next = names[(names.indexOf(chosen.theme ?? 'system') + 1) % names.length];
    if (next === 'system') delete chosen.theme;
    else chosen.theme = next;
    try {
      localStorage.setItem('turnlane.theme', next);
    } catch {
      // Closed storage: the choice lasts as long as the page.
    }
    show();
  };
  show();
}

/** Single keys, where nobody is writing. `actions`: key → function. */
export function listenToKeys(actions) {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key !== 'Escape' && (isWriting(event.target) || document.querySelector('dialog[open]'))) return;
    const action = actions[event.key];
    if (!action || action() === false) return;
    event.preventDefault();
  });
}

function isWriting(target) {
  return target instanceof HTMLElement && target.matches('textarea, input, select, [contenteditable]');
}

/** The place in the address: `#s=<session>&r=<request>`. */
export function readPlace() {
  const place = new URLSearchParams(location.hash.slice(1));
  return { sessionId: validId(place.get('s')), requestId: validId(place.get('r')) };
}

function validId(id) {
  return id && /^[\w.-]{1,128}$/.test(id) ? id : null;
}

export function placeOf(lane, turn = null) {
  if (!lane.id) return '#';
  return `#s=${lane.id}${turn?.requestId ? `&r=${turn.requestId}` : ''}`;
}

/** The thin band that says that the connection is gone, and when it is tried again. */
export class ConnectionBand {
  #band = byId('band');
  #text = byId('band-text');
  #lost = null;

  constructor(onRetry) {
    byId('band-retry').onclick = onRetry;
    setInterval(() => this.#count(), 250);
  }

  show(lost) {
    const wasLost = this.#lost !== null;
    this.#lost = lost;
    if (lost) {
      this.#band.dataset.state = 'lost';
      this.#band.hidden = false;
      if (!wasLost) announce('Connection lost.');
      this.#count();
    } else if (wasLost) {
      this.#back();
    }
  }

  #count() {
    if (!this.#lost) return;
    const seconds = secondsLeft(this.#lost.retryAt);
    setText(this.#text, seconds > 0 ? `Connection lost. Next try in ${seconds} s.` : 'Connection lost. Trying…');
  }

  #back() {
    this.#band.dataset.state = 'back';
    setText(this.#text, 'Connected again. Everything goes on where it was.');
    announce('Connected again.');
    setTimeout(() => {
      if (!this.#lost) this.#band.hidden = true;
    }, 2_000);
  }
}

/** Says something to screen readers, when they have time. */
export function announce(text) {
  const region = byId('announcements');
  region.replaceChildren(h('p', {}, text));
}

/** Something that can be taken back for a few seconds; `then` runs when the time is over. */
export class Undo {
  #box = byId('undo');
  #pending = null;

  constructor(milliseconds) {
    this.milliseconds = milliseconds;
    this.#box.style.setProperty('--undo-time', `${milliseconds}ms`);
    byId('undo-button').onclick = () => this.#end()?.undo();
    window.addEventListener('pagehide', () => this.settle());
  }

  offer(sentence, { undo, then }) {
    this.settle();
    this.#pending = { undo, then, timer: setTimeout(() => this.settle(), this.milliseconds) };
    setText(byId('undo-text'), sentence);
    this.#box.hidden = true;
    requestAnimationFrame(() => {
      this.#box.hidden = this.#pending === null;
    });
    announce(sentence);
  }

  settle() {
    this.#end()?.then();
  }

  #end() {
    const pending = this.#pending;
    this.#pending = null;
    this.#box.hidden = true;
    clearTimeout(pending?.timer);
    return pending;
  }
}
