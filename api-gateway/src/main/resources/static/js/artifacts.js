import { byId, h, tool } from './dom.js';
import { chartView } from './chart-view.js';
import { plural } from './words.js';

const MAX_ROWS = 500;
const MAX_TABLES = 4;
const MAX_DECIMALS = 8;
/** A number that is smaller than the largest number of its column by this factor is a rounding error. */
const NOISE = 1e-9;

/** Shows a table or chart of an answer. The data of a chart is also available as a table. */
export function artifactView(artifact) {
  const title = String(artifact.title ?? titleOf(artifact.spec) ?? 'Data');
  const button = opener(() => [h('h2', { dir: 'auto' }, title), ...content(artifact, title)]);
  const onclick = ({ target }) => target.nodeName === 'IMG' && button.click();
  return h('figure', { class: 'artifact', testid: 'artifact', onclick },
    h('figcaption', {}, h('span', { dir: 'auto' }, title), button), content(artifact, title));
}

/** Returns a button that shows a copy of a table or piece of code in a dialog. */
export function toOpenLarge(element, more) {
  return opener(() => {
    const copy = element.cloneNode(true);
    copy.classList.remove('stacks');
    return [copy];
  }, more);
}

/** Returns a button that shows elements in a dialog. When the dialog closes, the button gets the focus again. */
function opener(elements, more) {
  return tool('large', 'Enlarge', () => {
    const dialog = byId('large');
    byId('large-body').replaceChildren(...elements());
    dialog.onclose = () => byId('large-body').replaceChildren();
    dialog.showModal();
  }, more);
}

function content(artifact, title) {
  const tables = tablesOf(artifact);
  if (artifact.spec) return chart(artifact, title, tables);
  return tables.length ? tables.map((each) => wide(tableView(each), title)) : [wide(source(artifact), title)];
}

function chart({ alt, spec }, title, tables) {
  const text = String(alt ?? spec.description ?? title);
  const rows = tables.reduce((sum, table) => sum + table.rows.length, 0);
  const data = h('details', { class: 'chart-data', testid: 'chart-data' },
    h('summary', {}, rows ? `Data (${plural(rows, 'row')})` : 'Specification'),
    rows ? tables.map((table) => wide(tableView(table), `Data of the chart: ${title}`)) : wide(source(spec), title));
  const untitled = titleOf(spec) === title ? { ...spec, title: undefined } : spec;
  const view = chartView(untitled, text, () => {
    data.open = true;
  });
  return [view, data];
}

function wide(element, label) {
  return h('div', { class: 'wide', role: 'group', tabindex: '0', 'aria-label': label }, element);
}

function source(value) {
  return h('pre', {}, h('code', {}, JSON.stringify(value, null, 2)));
}

/** Returns the tables in an artifact: {columns: [{name, key, unit, align}], rows}. A row is an object or an array. */
function tablesOf({ columns, rows, data, spec }) {
  if (spec) return inlineData(spec).slice(0, MAX_TABLES).map((values) => fromObjects(values, titles(spec)));
  if (!Array.isArray(columns)) return [rows ?? data?.values].filter(isData).map((values) => fromObjects(values));
  const described = columns.map((column, key) => ({ key, ...(typeof column === 'object' ? column : { name: column }) }));
  const byName = (row) => (Array.isArray(row) ? row : described.map(({ name }) => row?.[name]));
  return [{ columns: described, rows: (Array.isArray(rows) ? rows : []).map(byName) }];
}

function isData(values) {
  return Array.isArray(values) && values.some((row) => row && typeof row === 'object');
}

/** Returns the lists of objects that a specification contains as data. */
function inlineData(part) {
  if (part === null || typeof part !== 'object') return [];
  const own = [part.data?.values, ...Object.values(part.datasets ?? {})].filter(isData);
  const { data: _data, datasets: _datasets, ...others } = part;
  return [...own, ...Object.values(others).flatMap(inlineData)];
}

/** Returns a map from each field that a specification names to its title. The fields of the axes come first. */
function titles(part, found = new Map()) {
  if (part === null || typeof part !== 'object') return found;
  const { field, x, y, data: _data, datasets: _datasets, ...others } = part;
  if (typeof field === 'string') {
    const title = part.title ?? part.axis?.title ?? part.legend?.title;
    found.set(field, found.get(field) || (typeof title === 'string' ? title : ''));
  }
  [x, y, ...Object.values(others)].forEach((each) => titles(each, found));
  return found;
}

function fromObjects(values, names = new Map()) {
  const rows = values.filter((row) => row && typeof row === 'object');
  const present = new Set(rows.flatMap(Object.keys));
  const keys = new Set([...[...names.keys()].filter((name) => present.has(name)), ...present]);
  return { columns: [...keys].map((key) => ({ key, name: names.get(key) || key })), rows };
}

function titleOf(spec) {
  const title = spec?.title?.text ?? spec?.title;
  return typeof title === 'string' ? title : undefined;
}

function tableView({ columns, rows }) {
  const shown = rows.slice(0, MAX_ROWS);
  const formats = columns.map(({ key }) => format(shown.map((row) => row[key])));
  const align = columns.map((column, i) => column.align ?? (formats[i].isNumeric ? 'right' : null));
  const head = columns.map(({ name, unit }, i) => h('th', { scope: 'col', align: align[i] },
    String(name), unit && h('span', { class: 'unit' }, ` (${unit})`)));
  const line = (row) => h('tr', {}, columns.map(({ key }, i) => h('td', { align: align[i], dir: 'auto' }, formats[i](row[key]))));
  return h('table', {}, h('thead', {}, h('tr', {}, head)), h('tbody', {}, shown.map(line)),
    rows.length > shown.length && h('tfoot', {}, h('tr', {}, h('td', { colspan: columns.length }, `The first ${MAX_ROWS} of ${rows.length} rows.`))));
}

/** Returns a function that formats the values of a column. All its numbers have the same number of decimals. */
function format(values) {
  const numbers = values.filter(Number.isFinite);
  const largest = Math.max(...numbers.map(Math.abs));
  const sizes = numbers.map(Math.abs).filter((size) => size > largest * NOISE);
  // The smallest number has at least two significant digits.
  const most = Math.min(Math.max(largest >= 10 ? 2 : 4, 1 - Math.floor(Math.log10(Math.min(...sizes)))), MAX_DECIMALS);
  const decimals = Math.max(...numbers.map((number) => decimalsOf(number, most)), 0);
  const figures = new Intl.NumberFormat('en', { minimumFractionDigits: decimals, maximumFractionDigits: decimals, useGrouping: 'min2' });
  const text = (value) => {
    if (typeof value === 'number') return Number.isFinite(value) ? figures.format(value) : '–';
    return value !== null && typeof value === 'object' ? JSON.stringify(value) : String(value ?? '');
  };
  return Object.assign(text, { isNumeric: numbers.length > 0 && values.every((value) => value == null || typeof value === 'number') });
}

function decimalsOf(number, most) {
  return number.toFixed(most).replace(/0+$/, '').split('.')[1]?.length ?? 0;
}
