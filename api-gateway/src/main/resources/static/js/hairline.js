import { h, icon, setText } from './dom.js';
import { duration } from './words.js';

/** A turn's way, in four stretches; each lifecycle phase opens the stretch it is named under. */
export const STRETCHES = ['queued', 'memory', 'agent', 'delivered'];
const STRETCH_OF = {
  RECEIVED: 'queued', QUEUED: 'queued', ERROR: 'queued', TIMEOUT: 'queued',
  DEQUEUED: 'memory', SESSION_ALLOCATED: 'memory',
  PROVIDER_CALL_START: 'agent',
  PROVIDER_CALL_END: 'delivered', SESSION_RELEASED: 'delivered', COMPLETED: 'delivered',
};

/** Milliseconds of each stretch, and in all. A retried turn passes some of them twice: they add up. */
export function stretches(timeline) {
  const phases = timeline.phases
    .map(({ phase, at }) => ({ phase, at: Date.parse(at) }))
    .sort((a, b) => a.at - b.at);
  const sums = Object.fromEntries(STRETCHES.map((name) => [name, 0]));
  for (let i = 0; i + 1 < phases.length; i++) {
    sums[STRETCH_OF[phases[i].phase] ?? 'delivered'] += phases[i + 1].at - phases[i].at;
  }
  return { ...sums, total: phases.length ? phases.at(-1).at - phases[0].at : 0 };
}

/** How full each stretch is while the turn is on its way. It moves by what happened, not by the clock. */
export function progress(turn) {
  if (turn.isTerminal) return [1, 1, 1, 1];
  if (turn.status === 'unsent' || turn.status === 'unknown') return [0, 0, 0, 0];
  if (turn.status === 'queued') return [0.5, 0, 0, 0];
  const working = turn.stage !== '' || turn.text !== '';
  return [1, working ? 1 : 0.5, working ? 1 - 1 / (1 + turn.heard / 10) : 0, 0];
}

/**
 * The rule between a question and its answer. While the turn is on its way it has four equal stations that
 * fill; when it has arrived the stations become the time each took, and unfold into figures.
 */
export class Hairline {
  #turn;
  #onUnfold;
  #parts;
  #total = h('span', { class: 'hairline-total', testid: 'hairline-total' });
  #figures = {};
  #origin = h('p', { class: 'phases-origin' });
  #phases;
  #button;

  constructor(turn, { onUnfold, onEvents }) {
    this.#turn = turn;
    this.#onUnfold = onUnfold;
    this.#parts = STRETCHES.map((name) => h('span', { class: 'part', 'data-phase': name }, h('i')));
    const id = `phases-${turn.key}`;
    this.#phases = this.#phasesElement(id, onEvents);
    this.#button = h('button', {
      type: 'button', class: 'hairline-bar', 'aria-expanded': 'false', 'aria-controls': id, 'aria-label': 'Phases of this turn',
      onclick: () => this.#unfold(this.#phases.hidden),
    }, h('span', { class: 'track' }, this.#parts), this.#total, icon('unfold'));
    this.element = h('div', { class: 'hairline', testid: 'hairline' }, this.#button, this.#phases);
    this.update();
  }

  get isUnfolded() {
    return !this.#phases.hidden;
  }

  update() {
    const turn = this.#turn;
    this.element.dataset.state = turn.isTerminal ? (turn.timeline ? 'measured' : 'done') : 'under-way';
    this.element.classList.toggle('failed', turn.status === 'failed');
    const fill = progress(turn);
    this.#parts.forEach((part, i) => part.style.setProperty('--fill', fill[i]));
    if (turn.timeline) this.#measured(stretches(turn.timeline));
    this.#totals();
  }

  /** The seconds so far; called while the turn is on its way. */
  tick(now) {
    if (!this.#turn.isTerminal) setText(this.#total, `${((now - this.#turn.askedAt) / 1000).toFixed(1)} s`);
  }

  #totals() {
    const { isTerminal, timeline, processingTime } = this.#turn;
    if (!isTerminal) return;
    const total = timeline ? stretches(timeline).total : processingTime == null ? null : processingTime * 1000;
    setText(this.#total, total === null ? '' : duration(total));
    this.#button.setAttribute('aria-label', `Phases of this turn${total === null ? '' : `, ${duration(total)} in all`}`);
  }

  #measured(sums) {
    STRETCHES.forEach((name, i) => {
      setText(this.#figures[name], duration(sums[name]));
      if (this.#turn.isTerminal) this.#parts[i].style.setProperty('--share', sums[name]);
    });
    setText(this.#origin, origin(this.#turn));
  }

  #unfold(open) {
    this.#phases.hidden = !open;
    this.#button.setAttribute('aria-expanded', String(open));
    if (open) this.#onUnfold();
  }

  #phasesElement(id, onEvents) {
    const figures = STRETCHES.map((name) => {
      this.#figures[name] = h('dd', { testid: `phase-${name}` }, '–');
      return h('div', { 'data-phase': name }, h('dt', {}, name), this.#figures[name]);
    });
    return h('div', { id, class: 'phases', hidden: true, testid: 'phases' },
      h('dl', {}, figures),
      h('div', { class: 'phases-foot' }, this.#origin,
        h('button', { type: 'button', class: 'quiet', testid: 'open-events', onclick: onEvents }, 'Events')));
  }
}

function origin({ timeline, seenAfter }) {
  const { processor, partition, offset, attempt } = timeline;
  return [
    attempt > 1 && `attempt ${attempt}`,
    processor && `processor ${processor}`,
    partition != null && `partition ${partition}`,
    offset != null && `offset ${offset}`,
    seenAfter != null && `seen here after ${duration(seenAfter)}`,
  ].filter(Boolean).join(' · ');
}
