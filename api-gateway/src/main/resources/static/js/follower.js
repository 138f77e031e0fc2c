import { TERMINAL, TurnlaneProblem } from './turnlane-client.js';
import { TurnlaneSocket } from './turnlane-socket.js';
import { LaneTurn } from './lanes.js';
import { streamSlot } from './origin-locks.js';

const POLL_EVERY = 1_500;
/** Milliseconds without an event after which an open turn is polled. */
const QUIET = 20_000;
const MAX_EARLY = 400;
/** Number of failed attempts to open the first socket after which the page uses streams instead. */
const MAX_FAILED_OPENS = 2;

/**
 * Receives the events of all open turns:
 * - The socket carries all lanes that are shown or have open turns.
 * - A turn that began before the subscription, or lost text, is read from its start over a stream of its own.
 *   Meanwhile, its events from the socket are ignored, except the terminal one.
 * - If no socket can be opened, the first open turn of each lane has a stream, if one of the few streams that all tabs
 *   share is free. All other turns are polled.
 * `LaneTurn.receive` drops duplicates.
 */
export class Follower {
  #client;
  #lanes;
  #socket;
  #socketWorks = true;
  #shown = null;
  #streams = new Map();
  #replays = new Map();
  #starting = false;
  #lost = null;
  #onConnection;
  #onFinished;

  constructor(client, lanes, { socketUrl, protocols, onConnection, onFinished }) {
    this.#client = client;
    this.#lanes = lanes;
    this.#onConnection = onConnection;
    this.#onFinished = onFinished;
    this.#socket = new TurnlaneSocket(socketUrl, {
      protocols,
      onEvent: (event) => this.#fromSocket(event),
      onState: (state) => this.#socketState(state),
      onRestored: (sessionIds) => sessionIds.forEach((id) => this.#reconcile(this.#lanes.find(id))),
    });
    setInterval(() => this.#poll(), POLL_EVERY);
    window.addEventListener('online', () => this.retryNow());
    window.addEventListener('offline', () => this.#socket.check());
    document.addEventListener('visibilitychange', () => document.hidden || this.retryNow());
  }

  get connected() {
    return this.#lost === null;
  }

  /** Sets the shown lane. It stays subscribed while idle, because another tab may ask in it. */
  show(lane) {
    const before = this.#shown;
    this.#shown = lane;
    if (before && before !== lane) this.#release(before);
    this.subscribe(lane);
  }

  /** Subscribes to the lane. Resolves to true if the subscription succeeded, so that no later event is missed. */
  async subscribe(lane) {
    if (!lane.id || !this.#socketWorks || lane.memory === 'forgotten') return false;
    return this.#socket.subscribe(lane.id);
  }

  /** Follows a turn to its end. `subscribed`: the socket was subscribed before the turn was asked. */
  follow(lane, turn, { subscribed = false } = {}) {
    const early = lane.early.filter((event) => event.request_id === turn.requestId);
    lane.early = lane.early.filter((event) => event.request_id !== turn.requestId);
    early.forEach((event) => this.#receive(lane, turn, event));
    if (lane.asking <= 1) this.#adoptEarly(lane);
    if (turn.isTerminal) return this.#finish(lane, turn);
    if (!subscribed || !this.#socketWorks) this.#replay(lane, turn);
    this.subscribe(lane);
    return undefined;
  }

  /** Stops following a deleted lane. */
  unsubscribe(lane) {
    for (const turn of lane.turns) this.#stopStream(turn);
    if (lane.id) this.#socket.unsubscribe(lane.id);
  }

  retryNow() {
    this.#socket.retryNow();
    for (const { stream } of this.#streams.values()) stream.retryNow();
  }

  /** Applies the turn's current state on the server. */
  async refresh(lane, turn) {
    try {
      turn.applyRequest(await this.#client.request(lane.id, turn.requestId));
    } catch (error) {
      if (!(error instanceof TurnlaneProblem) || error.status !== 404) throw error;
      if (turn.isOpen) turn.applyRequest({ status: 'failed', error: { code: 'not_found' } });
      else lane.drop(turn);
    }
    if (turn.isTerminal) this.#finish(lane, turn);
    else this.#lanes.changed(lane, turn);
  }

  #fromSocket(event) {
    const lane = this.#lanes.find(event.session_id);
    if (!lane) return;
    if (event.type === 'gap') this.#reconcile(lane);
    else this.#forTurn(lane, event);
  }

  #forTurn(lane, event) {
    const turn = lane.turn(event.request_id);
    if (turn) {
      if (!this.#streams.has(turn) || TERMINAL.has(event.type)) this.#receive(lane, turn, event);
    } else if (lane.asking > 0) {
      if (lane.early.length < MAX_EARLY) lane.early.push(event);
    } else {
      this.#adopt(lane, event.request_id);
    }
  }

  #receive(lane, turn, event) {
    if (!turn.receive(event)) return;
    if (turn.isTerminal) return this.#finish(lane, turn);
    if (turn.incomplete && !this.#streams.has(turn)) this.#replay(lane, turn);
    this.#lanes.changed(lane, turn);
  }

  /** Adds a turn that another tab asked. */
  async #adopt(lane, requestId) {
    const turn = new LaneTurn({ requestId, question: '' });
    turn.status = 'unknown';
    lane.turns.push(turn);
    try {
      const request = await this.#client.request(lane.id, requestId);
      turn.question = request.question;
      turn.askedAt = Date.parse(request.created_at);
      turn.accepted(request);
      lane.sort();
      this.#lanes.save(lane);
      this.follow(lane, turn);
      this.#lanes.changed(lane, turn);
    } catch {
      lane.drop(turn);
    }
  }

  /** Adds turns of other tabs. Their events have arrived, but belong to no question of this tab. */
  #adoptEarly(lane) {
    const others = new Set(lane.early.splice(0).map((event) => event.request_id));
    for (const requestId of others) if (requestId && !lane.turn(requestId)) this.#adopt(lane, requestId);
  }

  /** Called when events may have been missed. Polls the open turns, and reads the events of running turns again. */
  async #reconcile(lane) {
    for (const turn of lane?.openTurns ?? []) {
      await this.refresh(lane, turn).catch(() => {});
      if (turn.isOpen && turn.status !== 'queued') this.#replay(lane, turn);
    }
  }

  #replay(lane, turn) {
    this.#replays.set(turn, lane);
    this.#startStreams();
  }

  async #startStreams() {
    if (this.#starting) return;
    this.#starting = true;
    for (let next = this.#nextReplay(); next; next = this.#nextReplay()) {
      const release = await streamSlot();
      if (!release) break;
      const [turn, lane] = next;
      if (turn.isOpen && this.#replays.has(turn)) this.#stream(lane, turn, release);
      else release();
    }
    this.#starting = false;
  }

  #nextReplay() {
    return [...this.#replays].find(([turn, lane]) => turn.isOpen && !this.#streams.has(turn)
      && (this.#socketWorks || lane.openTurns[0] === turn));
  }

  #stream(lane, turn, release) {
    turn.restart();
    const entry = { state: 'connecting', retryAt: null, release };
    this.#streams.set(turn, entry);
    entry.stream = this.#client.streamRequest(lane.id, turn.requestId, {
      onEvent: (event) => this.#fromStream(lane, turn, event),
      onState: (state) => {
        Object.assign(entry, { retryAt: null }, state);
        this.#streamState();
      },
      onEnd: () => {
        this.#stopStream(turn);
        if (turn.isOpen) this.refresh(lane, turn).catch(() => {});
      },
    });
  }

  #fromStream(lane, turn, event) {
    if (event.type === 'gap' && event.snapshot?.status) turn.applyRequest(event.snapshot);
    this.#receive(lane, turn, { ...event, request_id: turn.requestId });
    if (turn.isTerminal && this.#streams.has(turn)) this.#finish(lane, turn);
  }

  #stopStream(turn) {
    const entry = this.#streams.get(turn);
    entry?.stream?.close();
    entry?.release();
    this.#streams.delete(turn);
    this.#replays.delete(turn);
  }

  #finish(lane, turn) {
    this.#stopStream(turn);
    if (lane !== this.#shown) {
      lane.unread ||= turn.received > 0;
      this.#release(lane);
    }
    if (turn.edited && turn.status === 'cancelled') lane.drop(turn);
    const finishedAt = Date.parse(turn.finishedAt) || Date.now();
    lane.answeredAt = Math.max(lane.answeredAt ?? 0, finishedAt);
    this.#lanes.keep(lane, turn);
    if (turn.received > 0) this.#onFinished(lane, turn);
    this.#startStreams();
    this.#streamState();
  }

  #release(lane) {
    if (lane.id && lane.openTurns.length === 0 && lane.asking === 0) this.#socket.unsubscribe(lane.id);
  }

  /** Polls turns without a stream. If the socket works, polls only turns that had no event for a while. */
  #poll() {
    this.#startStreams();
    for (const lane of this.#lanes.all) {
      for (const turn of lane.openTurns) {
        if (this.#streams.has(turn) || !this.connected) continue;
        const subscribed = this.#socketWorks && this.#socket.has(lane.id);
        const limit = subscribed ? QUIET : POLL_EVERY - 100;
        if (!subscribed) this.subscribe(lane);
        if (Date.now() - turn.updatedAt > limit) this.#check(lane, turn);
      }
    }
  }

  async #check(lane, turn) {
    const before = turn.status;
    turn.updatedAt = Date.now();
    await this.refresh(lane, turn).catch(() => {});
    if (turn.isOpen && turn.status !== before) this.#replay(lane, turn);
  }

  #socketState({ state, retryAt, opened, tries }) {
    if (!this.#socketWorks) return;
    if (state === 'open') this.#setLost(null);
    if (state === 'lost' && (opened || tries > MAX_FAILED_OPENS)) this.#setLost({ retryAt });
    if (state === 'lost' && !opened && tries >= MAX_FAILED_OPENS) this.#tryWithoutSocket();
  }

  /**
   * Switches to streams and polls if the server answers HTTP calls but no socket can be opened, e.g. because of an old
   * proxy.
   */
  async #tryWithoutSocket() {
    try {
      await this.#client.agents();
    } catch (error) {
      if (!(error instanceof TurnlaneProblem) || error.status >= 500) return;
    }
    this.#socketWorks = false;
    this.#socket.close();
    this.#setLost(null);
    for (const lane of this.#lanes.all) {
      for (const turn of lane.openTurns) this.#replay(lane, turn);
    }
  }

  #streamState() {
    if (this.#socketWorks) return;
    const streams = [...this.#streams.values()];
    const lost = streams.find(({ state, retryAt }) => state === 'lost' || (state === 'connecting' && retryAt));
    const connecting = streams.some(({ state }) => state === 'connecting');
    if (lost) this.#setLost({ retryAt: lost.retryAt });
    else if (!connecting) this.#setLost(null);
  }

  #setLost(lost) {
    this.#lost = lost;
    this.#onConnection(lost);
  }
}
