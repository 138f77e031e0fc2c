import { byId, h, tool } from './dom.js';

const MAX_ROWS = 500;

/** Shows a table or chart of an answer. The data is always shown as a table. */
export function artifactView(artifact) {
  const rows = rowsOf(artifact);
  const title = artifact.title ?? artifact.spec?.title ?? 'Data';
  const body = rows.length ? table(rows) : h('pre', {}, h('code', {}, JSON.stringify(artifact, null, 2)));
  return h('figure', { class: 'artifact', testid: 'artifact' },
    h('figcaption', {}, String(title),
      toOpenLarge(body)),
    h('div', { class: 'wide', role: 'group', tabindex: '0', 'aria-label': String(title) }, body));
}

/** Returns a button that shows a copy of a table, chart or piece of code in a dialog. */
export function toOpenLarge(element, more) {
  return tool('large', 'Enlarge', () => {
    const copy = element.cloneNode(true);
    copy.classList.remove('stacks');
    byId('large-body').replaceChildren(copy);
    byId('large').showModal();
  }, more);
}

function rowsOf(artifact) {
  const { columns, rows, data, spec } = artifact;
  if (columns && rows) return rows.map((row) => (Array.isArray(row) ? Object.fromEntries(columns.map((name, i) => [name, row[i]])) : row));
  const values = spec?.data?.values ?? data?.values ?? rows;
  return Array.isArray(values) ? values.filter((row) => row && typeof row === 'object') : [];
}

function table(rows) {
  const columns = Object.keys(rows[0]);
  const line = (row) => h('tr', {}, columns.map((name) => h('td', { align: typeof row[name] === 'number' ? 'right' : null }, String(row[name] ?? ''))));
  return h('table', {},
    h('thead', {}, h('tr', {}, columns.map((name) => h('th', { scope: 'col' }, name)))),
    h('tbody', {}, rows.slice(0, MAX_ROWS).map(line)));
}
