import { bar, byId, h, setText } from './dom.js';
import { STRETCHES, stretches } from './hairline.js';
import { duration } from './words.js';

const TEXT_LENGTH = 60;

/** What lies behind a turn: its sources, its phases to the millisecond, and its events as they came. */
export class Drawer {
  #drawer = byId('drawer');
  turn = null;
  #opener = null;

  constructor() {
    byId('close-drawer').onclick = () => this.close();
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
      byId(`drawer-${name}`).lastElementChild.replaceChildren(...content(this.turn));
    }
  }
}

function none(tag, sentence) {
  return [h(tag, { class: 'none' }, sentence)];
}

function sources({ answer }) {
  if (!answer?.sources?.length) return none('li', 'This turn names no sources.');
  return answer.sources.map(({ id, title, score }) => h('li', {}, h('span', { class: 'source-title' }, title ?? id),
    h('span', { class: 'source-facts' }, h('code', {}, id), bar(score ?? 0), h('span', { class: 'figure' }, score == null ? '' : score.toFixed(2)))));
}

function phases({ timeline, requestId }) {
  if (!timeline) return none('p', 'Not measured yet.');
  const sums = stretches(timeline);
  const start = Date.parse(timeline.phases[0]?.at);
  const row = ({ phase, at }) => h('tr', {}, h('td', {}, phase), h('td', { class: 'figure' }, `+${duration(Date.parse(at) - start)}`));
  return [
    h('dl', { class: 'sums' }, [...STRETCHES, 'total'].map((name) => h('div', { 'data-phase': name }, h('dt', {}, name), h('dd', {}, duration(sums[name]))))),
    h('table', { class: 'phase-table' }, h('tbody', {}, timeline.phases.map(row))),
    h('p', { class: 'request-id' }, h('code', {}, requestId)),
  ];
}

function events({ events: heard }) {
  if (heard.length === 0) return none('li', 'This page did not hear this turn live; its answer was read back.');
  const start = Date.parse(heard[0].at);
  return heard.map((event) => h('li', {},
    h('span', { class: 'figure' }, `+${Math.max(0, Date.parse(event.at) - start)}`),
    h('b', { 'data-type': event.type }, event.type),
    h('span', { class: 'event-facts' }, facts(event))));
}

function facts(event) {
  const { type, at, session_id: _session, request_id: _request, seq, attempt, ...rest } = event;
  const said = type === 'delta' ? JSON.stringify(rest.text) : type === 'completed' ? '' : Object.values(rest).map(short).join(' ');
  const cut = said.length > TEXT_LENGTH ? `${said.slice(0, TEXT_LENGTH)}…` : said;
  return `${attempt}.${seq ?? '–'} ${cut}`;
}

function short(value) {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
