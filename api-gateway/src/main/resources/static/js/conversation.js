import { byId, h, setText } from './dom.js';
import { TurnView } from './turn-view.js';

/** Within this many pixels of the end the reader is "at the end", and the view follows. */
const AT_END = 48;
const TICK = 100;
const CALM_TICK = 1_000;

/** The lane on view: its turns in order, and where the reader is in them. */
export class Conversation {
  #scroll = byId('scroll');
  #turns = byId('turns');
  #empty = byId('empty');
  #jump = byId('jump');
  #actions;
  #lane = null;
  #views = new Map();
  #follows = true;
  #inView = new Set();
  #seen = new IntersectionObserver((entries) => this.#came(entries));

  constructor(actions) {
    this.#actions = actions;
    this.#scroll.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    this.#jump.onclick = () => this.toEnd();
    const size = new ResizeObserver(() => this.#grew());
    for (const element of [byId('column'), this.#scroll]) size.observe(element);
    setInterval(() => this.#tick(), matchMedia('(prefers-reduced-motion: reduce)').matches ? CALM_TICK : TICK);
  }

  show(lane) {
    if (this.#lane === lane) return;
    this.#keepPlace();
    this.#lane = lane;
    this.#views.clear();
    this.#seen.disconnect();
    this.#inView.clear();
    this.#turns.replaceChildren();
    this.#follows = lane.place === null;
    this.update();
    this.#scroll.scrollTop = lane.place ?? this.#scroll.scrollHeight;
  }

  /** The lane, or one turn of it, has changed. */
  update(turn = null) {
    const view = turn && this.#views.get(turn);
    if (view && this.#lane.turns.includes(turn)) view.update();
    else this.#arrange();
    this.#updateWaiting();
    this.#measure();
    const { memory, turns, answeredAt } = this.#lane;
    const gone = memory === 'forgotten';
    this.#empty.hidden = turns.length > 0 || memory === 'loading' || gone;
    byId('forgotten').hidden = !gone || !answeredAt;
    byId('no-lane').hidden = !gone || answeredAt;
  }

  /** Brings a turn to the reader: the one a link names. */
  reveal(requestId) {
    const view = [...this.#views.values()].find((each) => each.turn.requestId === requestId);
    for (const each of this.#views.values()) each.element.classList.toggle('linked', each === view);
    if (!view) return false;
    this.#follows = false;
    view.element.scrollIntoView({ block: 'start' });
    return true;
  }

  toEnd() {
    this.#follows = true;
    this.#scroll.scrollTop = this.#scroll.scrollHeight;
    this.#jump.hidden = true;
  }

  /** Remembers where the reader is; null when at the end. */
  #keepPlace() {
    if (this.#lane) this.#lane.place = this.#follows ? null : this.#scroll.scrollTop;
  }

  #arrange() {
    const wanted = this.#lane.turns.map((turn) => this.#viewOf(turn));
    for (const [turn, view] of this.#views) {
      if (wanted.includes(view)) continue;
      view.element.remove();
      this.#seen.unobserve(view.element);
      this.#views.delete(turn);
    }
    wanted.forEach((view, i) => {
      view.update();
      const there = this.#turns.children[i];
      if (there !== view.element) this.#turns.insertBefore(view.element, there ?? null);
    });
  }

  #viewOf(turn) {
    if (!this.#views.has(turn)) {
      const view = new TurnView(this.#lane, turn, this.#actions);
      view.tick(Date.now());
      this.#views.set(turn, view);
      this.#seen.observe(view.element);
    }
    return this.#views.get(turn);
  }

  /** A finished turn moves up everybody who waits. */
  #updateWaiting() {
    for (const [turn, view] of this.#views) if (turn.status === 'queued') view.update();
  }

  #tick() {
    if (!this.#lane || document.hidden) return;
    const now = Date.now();
    for (const view of this.#views.values()) view.tick(now);
  }

  #scrolled() {
    const rest = this.#scroll.scrollHeight - this.#scroll.scrollTop - this.#scroll.clientHeight;
    this.#follows = rest < AT_END;
    this.#jump.hidden = this.#follows;
    this.#keepPlace();
  }

  #grew() {
    if (this.#follows) this.#scroll.scrollTop = this.#scroll.scrollHeight;
    else this.#scrolled();
  }

  #came(entries) {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) this.#inView.add(target);
      else this.#inView.delete(target);
    }
    this.#measure();
  }

  /** A finished turn in view fetches, once, what its hairline is made of. */
  #measure() {
    for (const [turn, view] of this.#views) {
      if (!turn.isTerminal || turn.timelineAsked || !this.#inView.has(view.element)) continue;
      turn.timelineAsked = true;
      this.#actions.timeline(turn);
    }
  }
}

/** What an agent says about itself, and questions to begin with. */
export function showAgent({ description, examples = [] }, ask) {
  if (description) setText(byId('knows'), description);
  byId('suggestions').replaceChildren(...examples.slice(0, 6).map((question) => h('li', {},
    h('button', { type: 'button', class: 'suggestion', testid: 'suggestion', onclick: () => ask(question) }, question))));
}
