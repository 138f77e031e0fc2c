/** Texts of figures, and small elements that show them. */
import { byId, h, setText } from '../../js/dom.js';
import { duration } from '../../js/words.js';

/** Returns a duration given in seconds as text. */
export function seconds(value) {
  return value === null || value === undefined ? '–' : duration(value * 1000);
}

/** Returns the time between two times as text. */
export function since(from, to) {
  return duration(Math.max(0, Date.parse(to) - Date.parse(from)));
}

export function count(value) {
  return Number(value).toLocaleString('en');
}

export function rate(value) {
  return value >= 100 ? count(Math.round(value)) : value.toFixed(1);
}

export function bytes(value) {
  return value < 1e6 ? `${Math.round(value / 1e3)} kB` : `${Math.round(value / 1e6)} MB`;
}

/** Returns the end of a request id, which differs between requests. */
export function shortId(id) {
  return `…${id.slice(-12)}`;
}

/** Group of figures with their names. `names`: titles by key. */
export class Figures {
  #values = new Map();

  constructor(names, testid) {
    const items = Object.entries(names).map(([key, title]) => {
      const value = h('dd', { class: 'figure', testid: `figure-${key}` }, '–');
      this.#values.set(key, value);
      return h('div', {}, h('dt', {}, title), value);
    });
    this.element = h('dl', { class: 'figures', testid }, items);
  }

  update(values) {
    for (const [key, value] of Object.entries(values)) setText(this.#values.get(key), value);
  }
}

/** Asks the operator to confirm. Resolves to true if the operator does. */
export function confirmed({ title, text, action }) {
  const dialog = byId('confirm');
  setText(byId('confirm-title'), title);
  setText(byId('confirm-text'), text);
  setText(byId('confirm-yes'), action);
  dialog.returnValue = 'no';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.onclose = () => resolve(dialog.returnValue === 'yes');
  });
}

/** Returns a button that is disabled while its action runs. `run` may be asynchronous. */
export function actionButton(label, run, testid) {
  const button = h('button', { type: 'button', class: 'outlined', testid }, label);
  button.onclick = async () => {
    button.disabled = true;
    try {
      await run(button);
    } finally {
      button.disabled = false;
    }
  };
  return button;
}

/** Returns a section with a heading. */
export function section(title, ...children) {
  return h('section', {}, h('h2', {}, title), ...children);
}
