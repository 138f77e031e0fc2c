/** Builds elements without HTML strings, so that no text of an answer can become markup. */

const SVG = 'http://www.w3.org/2000/svg';

/** Creates an element. `on…` attributes become listeners, `testid` data-testid; null and false are omitted. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) set(element, name, value);
  element.append(...children.flat().filter((child) => child != null && child !== false));
  return element;
}

function set(element, name, value) {
  if (value == null || value === false) return;
  if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
  else if (name === 'testid') element.dataset.testid = value;
  else element.setAttribute(name, value === true ? '' : value);
}

/** Returns an icon of the page's sprite. Screen readers skip it, so its parent needs a name. */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', `#i-${name}`);
  svg.classList.add('icon');
  svg.setAttribute('aria-hidden', 'true');
  svg.append(use);
  return svg;
}

/** Returns a button with an icon and an accessible name. */
export function tool(name, label, onclick, more = '') {
  return h('button', { type: 'button', class: `tool ${more}`, title: label, 'aria-label': label, onclick }, icon(name));
}

/** Returns a bar. `fill`: filled part, from 0 to 1. */
export function bar(fill) {
  const filled = h('i');
  filled.style.setProperty('--fill', Math.min(1, Math.max(0, fill)));
  return h('span', { class: 'confidence-bar' }, filled);
}

/** Returns a copy of a template of the page, and a function that finds its parts by class name. */
export function fromTemplate(id) {
  const element = byId(id).content.firstElementChild.cloneNode(true);
  return [element, (name) => element.querySelector(`.${name}`)];
}

export function byId(id) {
  return document.getElementById(id);
}

/** Sets the text only if it differs, so that nothing is repainted or read out again. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Returns a function that runs `work` at most once per frame. Hidden pages have no frames and use a timer. */
export function oncePerFrame(work) {
  let due = false;
  const run = () => {
    due = false;
    work();
  };
  return () => {
    if (due) return;
    due = true;
    if (document.hidden) setTimeout(run, 100);
    else requestAnimationFrame(run);
  };
}
