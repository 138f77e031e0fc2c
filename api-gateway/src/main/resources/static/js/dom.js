/** Building elements without HTML strings: nothing here can carry markup from an answer. */

const SVG = 'http://www.w3.org/2000/svg';

/** An element: attributes by name, `on…` functions as listeners, `testid` as data-testid, null and false left out. */
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

/** A 16 px drawing of the page's sprite, in the colour of its text; always beside a name that can be read out. */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', `#i-${name}`);
  svg.classList.add('icon');
  svg.setAttribute('aria-hidden', 'true');
  svg.append(use);
  return svg;
}

/** A button that is a drawing only, and its name. */
export function tool(name, label, onclick, more = '') {
  return h('button', { type: 'button', class: `tool ${more}`, title: label, 'aria-label': label, onclick }, icon(name));
}

/** A small bar, full at 1. */
export function bar(fill) {
  const filled = h('i');
  filled.style.setProperty('--fill', Math.min(1, Math.max(0, fill)));
  return h('span', { class: 'confidence-bar' }, filled);
}

/** A copy of what a template of the page holds, and its parts by class name. */
export function fromTemplate(id) {
  const element = byId(id).content.firstElementChild.cloneNode(true);
  return [element, (name) => element.querySelector(`.${name}`)];
}

export function byId(id) {
  return document.getElementById(id);
}

/** Changes text only where it differs, so that nothing is repainted or read out again for nothing. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Runs at most once a frame, however often it is called. Falls back to a timer where the page is hidden. */
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
