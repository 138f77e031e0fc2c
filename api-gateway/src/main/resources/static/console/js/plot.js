import { h, setText } from '../../js/dom.js';
import { History } from './history.js';

const SVG = 'http://www.w3.org/2000/svg';
const HEIGHT = 100;

/**
 * Lines of the last five minutes with their latest values. `series`: [{ name, title }]; the name is that of a
 * figure. `format`: text of a value.
 */
export class Plot {
  #series;
  #format;
  #lines;
  #values;
  #top = h('span', { class: 'plot-top figure' });
  #svg = document.createElementNS(SVG, 'svg');

  constructor({ title, series, format, testid }) {
    this.#series = series;
    this.#format = format;
    this.#svg.setAttribute('viewBox', `0 0 ${History.length - 1} ${HEIGHT}`);
    this.#svg.setAttribute('preserveAspectRatio', 'none');
    this.#svg.setAttribute('role', 'img');
    this.#lines = series.map((_, i) => {
      const line = document.createElementNS(SVG, 'path');
      line.setAttribute('class', `line-${i + 1}`);
      this.#svg.append(line);
      return line;
    });
    this.#values = series.map(() => h('span', { class: 'figure' }));
    const legend = series.map(({ title: name }, i) =>
      h('li', { class: `key-${i + 1}` }, h('span', { class: 'key-name' }, name), this.#values[i]));
    this.element = h('figure', { class: 'plot', testid },
      h('figcaption', {}, title), h('ul', { class: 'legend' }, legend),
      h('div', { class: 'plot-area' }, this.#top, this.#svg), h('p', { class: 'plot-time' }, h('span', {}, '5 min ago'), h('span', {}, 'now')));
  }

  update(history) {
    const all = this.#series.map(({ name }) => history.series(name));
    const most = Math.max(...all.flat().filter((value) => value !== null), 0);
    const top = most === 0 ? 1 : nice(most);
    setText(this.#top, this.#format(top));
    all.forEach((values, i) => this.#lines[i].setAttribute('d', path(values, top)));
    const latest = this.#series.map(({ title }, i) => {
      const value = all[i].at(-1) ?? null;
      const text = value === null ? '–' : this.#format(value);
      setText(this.#values[i], text);
      return `${title} ${text}`;
    });
    this.#svg.setAttribute('aria-label', `Now: ${latest.join(', ')}. Most in the last 5 minutes: ${this.#format(most)}.`);
  }
}

/** Returns the smallest number of the form 1, 2 or 5 times a power of ten that is not below the value. */
function nice(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value * 0.999);
}

function path(values, top) {
  const from = History.length - values.length;
  let pen = 'M';
  return values.map((value, i) => {
    if (value === null) {
      pen = 'M';
      return '';
    }
    const point = `${pen}${from + i} ${(HEIGHT - (value / top) * HEIGHT).toFixed(1)}`;
    pen = 'L';
    return point;
  }).join('');
}
