import { h } from '../../js/dom.js';
import { address, replaceParams, sessionAddress } from './address.js';
import { count, seconds, shortId, since } from './figures.js';
import { Grid } from './grid.js';

const STATES = { running: 'running', ready: 'waits for a slot', delayed: 'waits for its next attempt', blocked: 'is being ended' };

/** *Lanes*: the lanes with the oldest turns, worst first, with filters that are part of the address. */
export function lanes() {
  let report = null;
  const filter = {
    session: h('input', { type: 'search', name: 'session', placeholder: 'Session or request', 'aria-label': 'Session or request', testid: 'filter-session', autocomplete: 'off', spellcheck: 'false' }),
    agent: h('select', { name: 'agent', 'aria-label': 'Agent', testid: 'filter-agent' }, h('option', { value: '' }, 'All agents')),
    state: h('select', { name: 'state', 'aria-label': 'State', testid: 'filter-state' }, h('option', { value: '' }, 'All states'),
      Object.entries(STATES).map(([value, text]) => h('option', { value }, text))),
    age: h('select', { name: 'age', 'aria-label': 'Age of the oldest turn', testid: 'filter-age' },
      [['', 'Any age'], ['10', 'Older than 10 s'], ['60', 'Older than 1 min'], ['600', 'Older than 10 min']].map(([value, text]) => h('option', { value }, text))),
  };
  const form = h('form', { class: 'filters', role: 'search', onsubmit: (event) => event.preventDefault() }, Object.values(filter));
  const grid = new Grid({
    label: 'Lanes with the oldest turns', testid: 'lanes', empty: 'No open turns match.',
    columns: [
      { title: 'Session', value: ({ lane }) => lane.session_id, href: ({ lane }) => sessionAddress(lane), mono: true },
      { title: 'User', value: ({ lane }) => (lane.namespace === '-' ? '' : lane.namespace), mono: true, wide: true },
      { title: 'Agent', value: ({ lane }) => lane.first.agent ?? '' },
      { title: 'State', value: ({ lane }) => STATES[lane.state] ?? lane.state },
      { title: 'For', value: ({ lane }) => seconds(lane.in_state), align: 'right' },
      { title: 'Turns', value: ({ lane }) => count(lane.turns), align: 'right' },
      { title: 'Oldest turn asked', value: ({ lane, at }) => `${since(lane.first.asked_at, at)} ago`, align: 'right' },
      { title: 'Oldest request', value: ({ lane }) => shortId(lane.first.request_id), mono: true, wide: true },
      { title: 'Processor', value: ({ processor }) => processor, mono: true, wide: true },
    ],
  });
  const note = h('p', { class: 'note' });
  const element = h('div', {}, form, grid.element, note);

  const show = () => {
    const { params } = address();
    for (const [name, field] of Object.entries(filter)) {
      const value = params.get(name) ?? '';
      if (document.activeElement !== field && field.value !== value) field.value = value;
    }
    if (!report) return;
    offerAgents(filter.agent, report.agents, params.get('agent') ?? '');
    grid.update(report.lanes.filter((placed) => matches(placed, params, report.at)).map(({ processor, lane }) => ({
      key: `${lane.namespace}:${lane.session_id}`, state: lane.state, processor, lane, at: report.at,
    })));
    note.textContent = 'Shows the lanes with the oldest turns: at most 20 of each processor and 50 in all.';
  };
  form.addEventListener('input', () => {
    replaceParams('lanes', Object.fromEntries(Object.entries(filter).map(([name, field]) => [name, field.value.trim()])));
    show();
  });
  return {
    element,
    params: show,
    update: (next) => {
      report = next;
      show();
    },
  };
}

function offerAgents(select, agents, chosen) {
  const names = [...new Set([...agents.map(({ agent }) => agent), chosen])].filter(Boolean).sort();
  const offered = [...select.options].slice(1).map(({ value }) => value);
  if (names.join('\n') !== offered.join('\n')) {
    select.replaceChildren(select.options[0], ...names.map((name) => h('option', { value: name }, name)));
  }
  select.value = chosen;
}

function matches({ lane }, params, at) {
  const text = (params.get('session') ?? '').toLowerCase();
  const age = (Date.parse(at) - Date.parse(lane.first.asked_at)) / 1000;
  const texts = [lane.session_id, lane.first.request_id, lane.waiting?.request_id ?? '', lane.namespace];
  return (!text || texts.some((each) => each.toLowerCase().includes(text)))
    && (!params.get('agent') || lane.first.agent === params.get('agent'))
    && (!params.get('state') || lane.state === params.get('state'))
    && (!params.get('age') || age > Number(params.get('age')));
}
