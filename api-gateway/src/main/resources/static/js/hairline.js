import { setText } from './dom.js';
import { duration } from './words.js';

/** The four spans of a turn, with their titles. Each lifecycle phase begins the span that SPAN_OF names. */
export const SPAN_TITLES = {
  queued: 'waiting', memory: 'loading the history', agent: 'agent', delivered: 'storing and delivery',
};
export const SPANS = Object.keys(SPAN_TITLES);
const SPAN_OF = {
  RECEIVED: 'queued', QUEUED: 'queued', ERROR: 'queued', TIMEOUT: 'queued',
  DEQUEUED: 'memory', SESSION_ALLOCATED: 'memory',
  PROVIDER_CALL_START: 'agent',
  PROVIDER_CALL_END: 'delivered', SESSION_RELEASED: 'delivered', COMPLETED: 'delivered',
};

/**
 * Returns the duration of each span and the total, in milliseconds. If a retried turn has a span several times, their
 * durations are added.
 */
export function spans(timeline) {
  const phases = timeline.phases
    .map(({ phase, at }) => ({ phase, at: Date.parse(at) }))
    .sort((a, b) => a.at - b.at);
  const sums = Object.fromEntries(SPANS.map((name) => [name, 0]));
  for (let i = 0; i + 1 < phases.length; i++) {
    sums[SPAN_OF[phases[i].phase] ?? 'delivered'] += phases[i + 1].at - phases[i].at;
  }
  return { ...sums, total: phases.length ? phases.at(-1).at - phases[0].at : 0 };
}

/**
 * Returns the progress of each span of a turn, from 0 to 1. The progress depends on the events so far, not on
 * time.
 */
export function progress(turn) {
  if (turn.isTerminal) return [1, 1, 1, 1];
  if (turn.status === 'unsent' || turn.status === 'unknown') return [0, 0, 0, 0];
  if (turn.status === 'queued') return [0.5, 0, 0, 0];
  const working = turn.stage !== '' || turn.text !== '';
  return [1, working ? 1 : 0.5, working ? 1 - 1 / (1 + turn.received / 10) : 0, 0];
}

/**
 * The line between a question and its answer. While the turn is open, it has four spans of equal width, which fill one
 * after the other. After the end, the width of each span shows its time, and a click shows the numbers.
 */
export class Hairline {
  #turn;
  #element;
  #parts;
  #total;
  #numbers;
  #origin;
  #button;

  /** `part` finds an element of the turn by its class. */
  constructor(turn, part, { onUnfold, onEvents }) {
    this.#turn = turn;
    this.#element = part('hairline');
    this.#parts = [...part('track').children];
    this.#total = part('hairline-total');
    this.#origin = part('phases-origin');
    this.#button = part('hairline-bar');
    const phases = part('phases');
    this.#numbers = [...phases.querySelectorAll('dd')];
    phases.querySelector('button').onclick = onEvents;
    this.#button.onclick = () => {
      phases.hidden = !phases.hidden;
      this.#button.setAttribute('aria-expanded', String(!phases.hidden));
      if (!phases.hidden) onUnfold();
    };
  }

  update() {
    const turn = this.#turn;
    this.#element.dataset.state = turn.isTerminal ? (turn.timeline ? 'measured' : 'done') : 'under-way';
    const fill = progress(turn);
    this.#parts.forEach((part, i) => part.style.setProperty('--fill', fill[i]));
    if (turn.timeline) this.#showSpans(spans(turn.timeline));
    this.#showTotal();
  }

  /** Shows the seconds so far while the turn is open. */
  tick(now) {
    if (!this.#turn.isTerminal) setText(this.#total, `${((now - this.#turn.askedAt) / 1000).toFixed(1)} s`);
  }

  #showTotal() {
    const { isTerminal, timeline, processingTime } = this.#turn;
    this.#button.ariaLabel = 'Phases of this turn';
    if (!isTerminal) return;
    const total = timeline ? spans(timeline).total : processingTime == null ? null : processingTime * 1000;
    setText(this.#total, total === null ? '' : duration(total));
    if (total !== null) this.#button.ariaLabel += `, ${duration(total)} in total`;
  }

  #showSpans(sums) {
    SPANS.forEach((name, i) => {
      setText(this.#numbers[i], duration(sums[name]));
      if (this.#turn.isTerminal) this.#parts[i].style.setProperty('--share', sums[name]);
    });
    setText(this.#origin, origin(this.#turn));
  }
}

function origin({ timeline, seenAfter }) {
  const { agent, route, processor, partition, offset, attempt } = timeline;
  return [
    agent && `agent ${agent}`,
    route && `chosen by route ${route}`,
    attempt > 1 && `attempt ${attempt}`,
    processor && `processor ${processor}`,
    partition != null && `partition ${partition}`,
    offset != null && `offset ${offset}`,
    seenAfter != null && `${duration(seenAfter)} from question to end, measured in this browser`,
  ].filter(Boolean).join(' · ');
}
