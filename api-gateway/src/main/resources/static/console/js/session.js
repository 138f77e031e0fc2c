import { h, setText } from '../../js/dom.js';
import { announce } from '../../js/shell.js';
import { duration } from '../../js/words.js';
import { addressOf } from './address.js';
import { Figures, actionButton, confirmed, count, seconds, section } from './figures.js';
import { Grid } from './grid.js';

const ENDED = new Set(['completed', 'failed', 'cancelled', 'superseded', 'rejected']);
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** *Session*: finds a session of any user, and shows its turns and its memory. */
export function session({ api }) {
  const id = h('input', { type: 'search', name: 'id', required: true, placeholder: 'Session, or request of an open turn', 'aria-label': 'Session, or request of an open turn', testid: 'session-id', autocomplete: 'off', spellcheck: 'false' });
  const userId = h('input', { name: 'user', placeholder: 'User id, if users sign in', 'aria-label': 'User id', testid: 'user-id', autocomplete: 'off', spellcheck: 'false' });
  const form = h('form', { class: 'filters', role: 'search' }, id, userId, h('button', { class: 'outlined', testid: 'find-session' }, 'Find'));
  const failure = h('p', { class: 'failure', role: 'alert', testid: 'session-failure', hidden: true });
  const body = h('div', { hidden: true });
  const figures = new Figures({
    session: 'Session', user: 'User', agent: 'Agent', open: 'Open turns', completed: 'Completed turns', memory: 'Turns in memory',
    active: 'Last activity', ttl: 'Kept without activity', usage: 'Tokens used',
  }, 'session-figures');
  const reload = actionButton('Reload', () => load(), 'reload');
  const requests = new Grid({
    label: 'Requests of the session, newest first', testid: 'requests', empty: 'The server has no requests of this session.',
    columns: [
      { title: 'Request', value: ({ request_id: request }) => request, mono: true },
      { title: 'Status', value: ({ status, type, cancel_requested: cancel }) => `${type ? `${type.replaceAll('_', ' ')}: ` : ''}${status}${cancel && !ENDED.has(status) ? ', cancel requested' : ''}` },
      { title: 'Agent', value: ({ agent }) => agent ?? '', wide: true },
      { title: 'Question', value: ({ question }) => question ?? '', wide: true },
      { title: 'Error', value: ({ error }) => error?.code ?? '', mono: true },
      { title: 'Attempt', value: ({ attempt }) => count(attempt), align: 'right', wide: true },
      { title: 'Asked', value: ({ created_at: at }) => new Date(at).toLocaleString(), wide: true },
      { title: 'Waited', value: ({ queued_time: time }) => seconds(time), align: 'right' },
      { title: 'Ran', value: ({ run_time: time }) => seconds(time), align: 'right' },
      { title: 'Action', actions: (current) => [cancelButton(current)], refresh: ({ status, type }, [button]) => { button.hidden = ENDED.has(status) || Boolean(type); } },
    ],
  });
  const memory = h('ol', { class: 'memory', testid: 'memory' });
  const memoryNote = h('p', { class: 'note', testid: 'memory-note' });
  body.append(h('div', { class: 'toolbar' }, h('span', { class: 'note' }), reload), figures.element,
    section('Requests', requests.element), section('Memory', memoryNote, memory));
  let shown = '';
  let report = null;

  form.onsubmit = (event) => {
    event.preventDefault();
    const found = placeOf(id.value.trim());
    const next = addressOf('session', found
      ? { id: found.session_id, namespace: found.namespace === '-' ? '' : found.namespace }
      : { id: id.value.trim(), user: userId.value.trim() });
    if (location.hash === next) load();
    else location.hash = next;
  };

  /** Returns the lane with this open turn, if the id is one of a request in the latest figures. */
  function placeOf(text) {
    if (!UUID.test(text)) return undefined;
    return report?.lanes.map(({ lane }) => lane).find(({ first, waiting }) => first.request_id === text || waiting?.request_id === text);
  }

  async function load() {
    const query = shown;
    const params = new URLSearchParams(query);
    failure.hidden = true;
    body.hidden = true;
    if (!params.get('id')) return;
    const owner = new URLSearchParams([...params].filter(([name]) => name !== 'id'));
    try {
      const found = await api.get(`/v1/ops/sessions/${encodeURIComponent(params.get('id'))}?${owner}`);
      if (query === shown) show(found);
    } catch (error) {
      if (query !== shown) return;
      const hint = UUID.test(params.get('id')) ? ' Requests of ended turns cannot be found by their id: enter the session.' : '';
      failure.textContent = `The session could not be read: ${error.message}${hint}`;
      failure.hidden = false;
    }
  }

  function show(found) {
    body.hidden = false;
    const { usage } = found;
    figures.update({
      session: found.session_id,
      user: found.user_id ?? (found.namespace === '-' ? 'anonymous' : found.namespace),
      agent: found.agent,
      open: count(found.open_requests),
      completed: count(found.request_count),
      memory: count(found.turns),
      active: new Date(found.last_activity).toLocaleString(),
      ttl: duration(found.ttl_seconds * 1000),
      usage: count(usage.input_tokens + usage.output_tokens),
    });
    requests.update(found.requests.map((each) => ({ ...each, namespace: found.namespace, key: each.request_id, state: each.status === 'failed' ? 'failing' : '' })));
    setText(memoryNote, found.history === null
      ? 'Questions and answers are hidden: this API key lacks the scope content.'
      : found.history.length === 0 ? 'Memory has no turns.' : 'The agent receives these turns with the next question, oldest first.');
    memory.replaceChildren(...(found.history ?? []).map(({ question, answer, timestamp }) => h('li', {},
      h('p', { class: 'quarantined-question', dir: 'auto' }, question), h('p', { class: 'memory-answer', dir: 'auto' }, answer),
      h('p', { class: 'note' }, new Date(timestamp).toLocaleString()))));
  }

  function cancelButton(current) {
    const button = actionButton('Cancel', async () => {
      const { request_id: request, session_id: of, namespace } = current();
      const sure = await confirmed({ title: 'Cancel this turn?', text: `The turn ${request} of session ${of} ends as cancelled. Its user sees that.`, action: 'Cancel the turn' });
      if (!sure) return;
      try {
        await api.post(`/v1/ops/sessions/${encodeURIComponent(of)}/requests/${request}/cancel?namespace=${encodeURIComponent(namespace)}`);
        announce('Cancel requested.');
        await load();
      } catch (error) {
        failure.textContent = `The turn was not cancelled: ${error.message}`;
        failure.hidden = false;
      }
    }, 'cancel');
    return button;
  }

  return {
    element: h('div', {}, form, failure, body),
    params: (params) => {
      id.value = params.get('id') ?? '';
      userId.value = params.get('user') ?? '';
      if (shown === params.toString()) return;
      shown = params.toString();
      load();
    },
    update: (next) => {
      report = next;
    },
  };
}
