import { h, setText } from '../../js/dom.js';
import { plural } from '../../js/words.js';
import { addressOf, sessionAddress } from './address.js';
import { Grid } from './grid.js';

const LIMIT = 200;
const STATUSES = ['open', 'completed', 'failed', 'cancelled', 'superseded', 'rejected'];
const PERIODS = [['', 'Any time'], ['600', 'Last 10 minutes'], ['3600', 'Last hour'], ['86400', 'Last 24 hours']];

/** *Search*: requests of all users by session, user, agent, status, error code and time, newest first. */
export function search({ api }) {
  const fields = {
    session: field('Session', 'search-session', 'search'),
    user: field('User id', 'search-user'),
    agent: field('Agent or route', 'search-agent'),
    code: field('Error code', 'search-code'),
    status: choice('Status', 'search-status', [['', 'All statuses'], ...STATUSES.map((status) => [status, status])]),
    within: choice('Time', 'search-time', PERIODS),
  };
  const form = h('form', { class: 'filters', role: 'search' }, Object.values(fields), h('button', { class: 'outlined', testid: 'search' }, 'Search'));
  const failure = h('p', { class: 'failure', role: 'alert', testid: 'search-failure', hidden: true });
  const state = h('p', { class: 'note', role: 'status', testid: 'search-state' });
  const grid = new Grid({
    label: 'Requests, newest first', testid: 'found', empty: 'No request matches. Requests are kept for 24 h by default.',
    columns: [
      { title: 'Request', value: ({ request_id: request }) => request, mono: true },
      { title: 'Session', value: ({ session_id: session }) => session, href: sessionAddress, mono: true },
      { title: 'User', value: ({ user_id: user, namespace }) => user ?? (namespace === '-' ? '' : namespace), mono: true, wide: true },
      { title: 'Status', value: ({ status, type }) => (type ? `${type.replaceAll('_', ' ')}: ${status}` : status) },
      { title: 'Error', value: ({ code }) => code ?? '', mono: true },
      { title: 'Agent', value: ({ agent }) => agent ?? '', wide: true },
      { title: 'Attempt', value: ({ attempt }) => `${attempt}`, align: 'right', wide: true },
      { title: 'Asked', value: ({ created_at: at }) => new Date(at).toLocaleString(), wide: true },
    ],
  });
  let shown = null;

  form.onsubmit = (event) => {
    event.preventDefault();
    const values = Object.fromEntries(Object.entries(fields).map(([name, { value }]) => [name, value.trim()]));
    const next = addressOf('search', values);
    if (location.hash === next) load();
    else location.hash = next;
  };

  async function load() {
    const wanted = shown;
    const { within, ...filters } = Object.fromEntries(new URLSearchParams(wanted));
    const query = new URLSearchParams({ ...filters, limit: LIMIT });
    if (within) query.set('from', new Date(Date.now() - within * 1000).toISOString());
    failure.hidden = true;
    setText(state, 'Searching…');
    try {
      const { requests, complete } = await api.get(`/v1/ops/requests?${query}`);
      if (wanted !== shown) return;
      grid.update(requests.map((each) => ({ ...each, key: `${each.namespace}:${each.session_id}:${each.request_id}`, state: each.status === 'failed' ? 'failing' : '' })));
      setText(state, `${plural(requests.length, 'request')}${requests.length === LIMIT ? ', the newest' : ''}.${complete ? '' : ' The search ended before it had looked at all sessions: narrow it down.'}`);
    } catch (error) {
      if (wanted !== shown) return;
      setText(state, '');
      failure.textContent = `The search failed: ${error.message}`;
      failure.hidden = false;
    }
  }

  return {
    element: h('div', {}, form, failure, state, grid.element),
    params: (params) => {
      for (const [name, input] of Object.entries(fields)) input.value = params.get(name) ?? '';
      if (shown === params.toString()) return;
      shown = params.toString();
      load();
    },
  };
}

function field(label, testid, type = 'text') {
  return h('input', { type, placeholder: label, 'aria-label': label, testid, autocomplete: 'off', spellcheck: 'false' });
}

function choice(label, testid, options) {
  return h('select', { 'aria-label': label, testid }, options.map(([value, text]) => h('option', { value }, text)));
}
