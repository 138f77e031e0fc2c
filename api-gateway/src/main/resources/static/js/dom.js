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

const ICONS = {
  plus: 'M8 3v10M3 8h10',
  close: 'M4 4l8 8M12 4l-8 8',
  send: 'M8 13V3.5M3.5 8L8 3.5 12.5 8',
  stop: 'M4.5 4.5h7v7h-7z',
  down: 'M8 3v9.5M3.5 8L8 12.5 12.5 8',
  unfold: 'M4 6.5L8 10.5 12 6.5',
  lanes: 'M2 4.5h12M2 8h7M2 11.5h10',
  trash: 'M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.6 9h5.8l.6-9',
  copy: 'M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z',
  link: 'M6.5 9.5l3-3M7 4.5l1.6-1.6a2.7 2.7 0 013.9 3.9L10.8 8.4M9 11.5l-1.6 1.6a2.7 2.7 0 01-3.9-3.9L5.2 7.6',
  again: 'M12.8 6.5A5 5 0 103 9M13 3v3.6H9.4',
  edit: 'M3 13l.6-2.8 7.3-7.3 2.2 2.2-7.3 7.3z',
  check: 'M3 8.5L6.5 12 13 4.5',
  large: 'M9.5 2.5h4v4M13.5 2.5L9 7M6.5 13.5h-4v-4M2.5 13.5L7 9',
  system: 'M2.5 3.5h11v7.5h-11zM6 13.5h4',
  light: 'M8 5.2a2.8 2.8 0 100 5.6 2.8 2.8 0 000-5.6zM8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3.05 3.05l1.15 1.15M11.8 11.8l1.15 1.15M3.05 12.95l1.15-1.15M11.8 4.2l1.15-1.15',
  dark: 'M13.2 9.6A5.6 5.6 0 016.4 2.8a5.6 5.6 0 106.8 6.8z',
  keys: 'M1.5 4h13v8h-13zM4 6.7h.01M6.7 6.7h.01M9.3 6.7h.01M12 6.7h.01M4.5 9.5h7',
};

/** A 16 px drawing in the colour of its text; always beside a name that can be read out. */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
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
