import { bar, byId, h, setText } from './dom.js';
import { clamp } from './clamp.js';
import { SPANS, SPAN_TITLES, spans } from './hairline.js';
import { duration, phaseWords, usageWords } from './words.js';

const TEXT_LENGTH = 60;
/** Number of a terminal event that does not have the next number of its attempt. */
const SEQ_AFTER_ALL = 1_000_000_000;

/** The details of a turn: its sources, phases and events. */
export class Drawer {
  #drawer = byId('drawer');
  turn = null;
  #opener = null;

  constructor() {
    byId('close-drawer').onclick = () => this.close();
    clamp(byId('drawer-question'));
  }

  get isOpen() {
    return !this.#drawer.hidden;
  }

  open(turn, section) {
    if (!this.isOpen) this.#opener = document.activeElement;
    this.turn = turn;
    this.#drawer.hidden = false;
    document.body.classList.add('has-drawer');
    this.update();
    byId('close-drawer').focus();
    byId(`drawer-${section}`)?.scrollIntoView({ block: 'start' });
  }

  close() {
    if (!this.isOpen) return;
    this.#drawer.hidden = true;
    document.body.classList.remove('has-drawer');
    this.turn = null;
    if (this.#opener?.isConnected) this.#opener.focus();
  }

  update() {
    if (!this.isOpen) return;
    setText(byId('drawer-question'), this.turn.question);
    for (const [name, content] of Object.entries({ sources, phases, events })) {
      byId(`drawer-${name}`).lastElementChild.replaceChildren(...content(this.turn).filter(Boolean));
    }
  }
}

function none(tag, sentence) {
  return [h(tag, { class: 'none' }, sentence)];
}

function sources({ answer, status, isOpen }) {
  if (!answer && (isOpen || status === 'unsent' || status === 'unknown')) return none('li', 'No sources yet.');
  if (!answer) return none('li', 'No answer, so no sources.');
  if (!answer.sources?.length) return none('li', 'The agent named no sources.');
  return answer.sources.map(({ id, title, score }) => h('li', {}, h('span', { class: 'source-title' }, title ?? id),
    h('span', { class: 'source-facts' }, h('code', {}, id), bar(score ?? 0), h('span', { class: 'figure' }, score == null ? '' : score.toFixed(2)))));
}

/** Returns true if the agent called a model; the figures of another agent are all zero. */
function usesModel(usage) {
  return Object.values(usage ?? {}).some((count) => count > 0);
}

function phases({ timeline, requestId, answer }) {
  const usage = answer?.usage;
  if (!timeline) return none('p', 'No times: not measured yet, or no longer stored.');
  const sums = spans(timeline);
  const start = Date.parse(timeline.phases[0]?.at);
  const row = ({ phase, at }) => h('tr', {}, h('td', { title: phase }, phaseWords(phase)),
    h('td', { class: 'figure' }, `+${duration(Date.parse(at) - start)}`));
  return [
    h('dl', { class: 'sums' }, [...SPANS, 'total'].map((name) => (
      h('div', { 'data-phase': name }, spanLabel(name), h('dd', {}, duration(sums[name])))))),
    h('table', { class: 'phase-table' }, h('tbody', {}, timeline.phases.map(row))),
    usesModel(usage) && h('p', { class: 'usage', testid: 'usage' }, `Usage: ${usageWords(usage)}`),
    h('p', { class: 'request-id' }, h('code', {}, requestId)),
  ];
}

function spanLabel(name) {
  const title = SPAN_TITLES[name];
  return h('dt', { title }, name, title && title !== name && h('span', { class: 'unseen' }, ` (${title})`));
}

function events({ events: received }) {
  if (received.length === 0) return none('li', 'No events: none arrived yet, or the page loaded the turn after its end.');
  const start = Date.parse(received[0].at);
  return received.map((event) => h('li', {},
    h('span', { class: 'figure' }, `+${Math.max(0, Date.parse(event.at) - start)} ms`),
    h('b', { 'data-type': event.type }, event.type),
    h('span', { class: 'event-facts' }, facts(event))));
}

function facts(event) {
  const { type, at, session_id: _session, request_id: _request, seq, attempt, ...rest } = event;
  const text = type === 'delta' ? JSON.stringify(rest.text) : type === 'completed' ? '' : Object.values(rest).map(short).join(' ');
  const cut = text.length > TEXT_LENGTH ? `${text.slice(0, TEXT_LENGTH)}…` : text;
  const number = seq === SEQ_AFTER_ALL ? 'last event' : `event ${seq}`;
  return [attempt > 0 && `attempt ${attempt}`, seq != null && number, cut].filter(Boolean).join(', ');
}

function short(value) {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
