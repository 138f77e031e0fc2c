import { h, setText } from '../../js/dom.js';

/**
 * Table whose rows are updated in place, so that focus, selection and scrolling stay while figures change.
 *
 * Columns: { title, value(row) → text, href(row) → address or null, align, wide: true to leave it out on phones,
 * mono, actions(current) → elements, where current() returns the row, refresh(row, elements) }.
 */
export class Grid {
  #columns;
  #body = h('tbody');
  #empty;
  #rows = new Map();
  #table;

  constructor({ label, columns, empty, testid }) {
    this.#columns = columns;
    const head = columns.map((column) => h('th', { scope: 'col', class: classOf(column) }, column.title));
    this.#table = h('table', { testid }, h('thead', {}, h('tr', {}, head)), this.#body);
    this.#empty = h('p', { class: 'none' }, empty);
    this.element = h('div', { class: 'wide', role: 'group', tabindex: '0', 'aria-label': label }, this.#table, this.#empty);
  }

  /** `rows`: objects with a unique `key`, in their order. */
  update(rows) {
    this.#table.hidden = rows.length === 0;
    this.#empty.hidden = rows.length > 0;
    const before = this.#rows;
    this.#rows = new Map();
    for (const row of rows) {
      const line = before.get(row.key) ?? this.#line(row);
      before.delete(row.key);
      this.#rows.set(row.key, line);
      line.show(row);
    }
    before.forEach(({ element }) => element.remove());
    this.#order();
  }

  #order() {
    let next = this.#body.firstChild;
    for (const { element } of this.#rows.values()) {
      if (element === next) next = next.nextSibling;
      else this.#body.insertBefore(element, next);
    }
  }

  #line(first) {
    let current = first;
    const cells = this.#columns.map((column) => cell(column, () => current));
    const element = h('tr', { 'data-key': first.key }, cells.map((each) => each.element));
    const show = (row) => {
      current = row;
      element.dataset.state = row.state ?? '';
      cells.forEach((each) => each.show(row));
    };
    return { element, show };
  }
}

function cell(column, current) {
  const inner = column.actions ? column.actions(current) : [column.href ? h('a') : h('span', { dir: 'auto' })];
  const show = (row) => {
    if (column.actions) {
      column.refresh?.(row, inner);
      return;
    }
    const address = column.href?.(row);
    setText(inner[0], column.value(row));
    if (address) inner[0].href = address;
    else if (column.href) inner[0].removeAttribute('href');
  };
  return { element: h('td', { class: classOf(column) }, inner), show };
}

function classOf({ align, wide, mono, actions }) {
  const names = [align === 'right' && 'is-number', wide && 'only-wide', mono && 'is-mono', actions && 'is-actions'];
  return names.filter(Boolean).join(' ') || null;
}
