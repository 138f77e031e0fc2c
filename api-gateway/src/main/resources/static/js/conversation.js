import { byId, setText } from './dom.js';
import { questionButtons } from './blocks.js';
import { olderWords } from './words.js';
import { TurnView } from './turn-view.js';

/** Distance from the end, in pixels. If the view is closer to the end, it follows new text. */
const AT_END = 48;
const TICK = 100;
const CALM_TICK = 1_000;

/** The shown lane: its turns in order, and the scroll position. */
export class Conversation {
  #scroll = byId('scroll');
  #turns = byId('turns');
  #empty = byId('empty');
  #jump = byId('jump');
  #actions;
  #lane = null;
  #views = new Map();
  #followsEnd = true;
  #visible = new Set();
  #observer = new IntersectionObserver((entries) => this.#onVisible(entries));

  constructor(actions) {
    this.#actions = actions;
    this.#scroll.addEventListener('scroll', () => this.#onScroll(), { passive: true });
    this.#jump.onclick = () => this.toEnd();
    byId('show-earlier').onclick = ({ currentTarget }) => currentTarget.ariaBusy || this.#showEarlier();
    const size = new ResizeObserver(() => this.#onResize());
    for (const element of [byId('column'), this.#scroll]) size.observe(element);
    setInterval(() => this.#tick(), matchMedia('(prefers-reduced-motion: reduce)').matches ? CALM_TICK : TICK);
  }

  show(lane) {
    if (this.#lane === lane) return;
    this.#saveScroll();
    this.#lane = lane;
    this.#views.clear();
    this.#observer.disconnect();
    this.#visible.clear();
    this.#turns.replaceChildren();
    this.#followsEnd = lane.scrollTop === null;
    this.update();
    this.#scroll.scrollTop = lane.scrollTop ?? (this.#isEmpty ? 0 : this.#scroll.scrollHeight);
  }

  /** True if the lane has no turns. The view then starts at its top. */
  get #isEmpty() {
    return this.#lane.turns.length === 0;
  }

  /** Shows a change of the lane, or of one turn. */
  update(turn = null) {
    const view = turn && this.#views.get(turn);
    if (view && this.#lane.turns.includes(turn)) view.update();
    else this.#arrange();
    this.#updateWaiting();
    this.#measure();
    const { memory, turns, answeredAt } = this.#lane;
    const forgotten = memory === 'forgotten';
    this.#empty.hidden = turns.length > 0 || memory === 'loading' || forgotten;
    byId('forgotten').hidden = !forgotten || !answeredAt;
    byId('no-lane').hidden = !forgotten || answeredAt;
    this.#olderTurns();
  }

  /** Shows that the lane has turns before the shown ones, and a button for them if the server still has them. */
  #olderTurns() {
    const { context, earlier, remembered, turns } = this.#lane;
    const shown = turns.filter((turn) => turn.status === 'completed').length;
    const older = remembered > 0 ? (context?.request_count ?? 0) - shown : 0;
    const more = earlier?.hasMore ?? false;
    byId('older').hidden = older <= 0 && !more;
    byId('show-earlier').hidden = !more;
    setText(byId('older-text'), olderWords({ older, more, remembered }));
  }

  async #showEarlier() {
    const lane = this.#lane;
    const button = byId('show-earlier');
    button.setAttribute('aria-busy', 'true');
    try {
      const turns = await lane.earlier.showMore();
      if (lane !== this.#lane) return;
      const below = this.#scroll.scrollHeight - this.#scroll.scrollTop;
      this.#followsEnd = false;
      this.update();
      this.#scroll.scrollTop = this.#scroll.scrollHeight - below;
      // Continue reading upwards, just above the turns that were shown before.
      this.#views.get(turns.at(-1))?.element.focus();
      this.#actions.onEarlier(lane, turns.length);
    } catch (error) {
      this.#actions.onEarlier(lane, 0, error);
    } finally {
      button.removeAttribute('aria-busy');
    }
  }

  /** Scrolls to the turn that a link names. Returns false if the lane does not have it. */
  reveal(requestId) {
    const view = [...this.#views.values()].find((each) => each.turn.requestId === requestId);
    for (const each of this.#views.values()) each.element.classList.toggle('linked', each === view);
    if (!view) return false;
    this.#followsEnd = false;
    view.element.scrollIntoView({ block: 'start' });
    return true;
  }

  toEnd() {
    this.#followsEnd = true;
    this.#scroll.scrollTop = this.#scroll.scrollHeight;
    this.#jump.hidden = true;
  }

  /** Saves the scroll position; null if at the end. */
  #saveScroll() {
    if (this.#lane) this.#lane.scrollTop = this.#followsEnd ? null : this.#scroll.scrollTop;
  }

  #arrange() {
    const wanted = this.#lane.turns.map((turn) => this.#viewOf(turn));
    for (const [turn, view] of this.#views) {
      if (wanted.includes(view)) continue;
      view.element.remove();
      this.#observer.unobserve(view.element);
      this.#views.delete(turn);
    }
    wanted.forEach((view, i) => {
      view.update();
      const present = this.#turns.children[i];
      if (present !== view.element) this.#turns.insertBefore(view.element, present ?? null);
    });
  }

  #viewOf(turn) {
    if (!this.#views.has(turn)) {
      const view = new TurnView(this.#lane, turn, this.#actions);
      view.tick(Date.now());
      this.#views.set(turn, view);
      this.#observer.observe(view.element);
    }
    return this.#views.get(turn);
  }

  /** Updates the positions of waiting turns. */
  #updateWaiting() {
    for (const [turn, view] of this.#views) if (turn.status === 'queued') view.update();
  }

  #tick() {
    if (!this.#lane || document.hidden) return;
    const now = Date.now();
    for (const view of this.#views.values()) view.tick(now);
  }

  #onScroll() {
    const below = this.#scroll.scrollHeight - this.#scroll.scrollTop - this.#scroll.clientHeight;
    this.#followsEnd = below < AT_END;
    this.#jump.hidden = this.#followsEnd;
    this.#saveScroll();
  }

  #onResize() {
    if (this.#followsEnd && !this.#isEmpty) this.#scroll.scrollTop = this.#scroll.scrollHeight;
    else this.#onScroll();
  }

  #onVisible(entries) {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) this.#visible.add(target);
      else this.#visible.delete(target);
    }
    this.#measure();
  }

  /** Loads the timeline of each visible finished turn once, and what its answer lacks if it comes from the history. */
  #measure() {
    for (const [turn, view] of this.#views) {
      if (!turn.isTerminal || !this.#visible.has(view.element)) continue;
      if (turn.isPartial && turn.isStored) {
        turn.isPartial = false;
        this.#actions.complete(turn);
      }
      if (turn.timelineAsked) continue;
      turn.timelineAsked = true;
      this.#actions.timeline(turn);
    }
  }
}

/** Shows an agent's description and example questions, before the first question of a lane. */
export function showAgent({ description, examples = [] }, ask) {
  setText(byId('knows'), description || 'Ask a question. The answer appears here.');
  byId('suggestions').replaceChildren(...questionButtons(examples.slice(0, 6), ask));
}
