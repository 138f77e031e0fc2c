import { TERMINAL, TurnlaneProblem } from './turnlane-client.js';
import { TurnlaneSocket } from './turnlane-socket.js';
import { LaneTurn } from './lanes.js';

/** Of a browser's six connections to a host, the streams of one tab take this many at most. */
const MOST_STREAMS = 3;
const POLL_EVERY = 1_500;
/** An open turn that was silent for this long is asked after, in milliseconds. */
const QUIET = 20_000;
const MOST_EARLY = 400;
/** A socket that never opened is tried this often before streams are; only then is it a lost connection. */
const SILENT_TRIES = 2;

/**
 * Brings each open turn its events, from wherever they can be had:
 * - the socket carries all lanes that are shown or have open turns;
 * - a turn that was under way before the socket listened (or lost a piece) is read again from its start
 *   over its own stream, and the socket's events of it are left alone meanwhile;
 * - where no socket can be opened, the foremost turn of each lane has a stream and the others are polled.
 * All of them end in `LaneTurn.hear`, which drops what comes twice.
 */
export class Follower {
  #client;
  #lanes;
  #socket;
  #socketWorks = true;
  #shown = null;
  #streams = new Map();
  #replays = new Map();
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

  /** The lane on view: it is heard even while idle, for another tab may ask in it. */
  show(lane) {
    const before = this.#shown;
    this.#shown = lane;
    if (before && before !== lane) this.#release(before);
    this.listen(lane);
  }

  /** Resolves to whether everything from now on will be heard. */
  async listen(lane) {
    if (!lane.id || !this.#socketWorks || lane.memory === 'forgotten') return false;
    return this.#socket.subscribe(lane.id);
  }

  /** Follows a turn to its end. `heard` says that the socket listened before the turn was asked. */
  follow(lane, turn, { heard = false } = {}) {
    const early = lane.early.filter((event) => event.request_id === turn.requestId);
    lane.early = lane.early.filter((event) => event.request_id !== turn.requestId);
    early.forEach((event) => this.#hear(lane, turn, event));
    if (lane.asking <= 1) this.#adoptEarly(lane);
    if (turn.isTerminal) return this.#finish(lane, turn);
    if (!heard || !this.#socketWorks) this.#replay(lane, turn);
    this.listen(lane);
    return undefined;
  }

  /** Stops listening to a lane that was deleted. */
  leave(lane) {
    for (const turn of lane.turns) this.#stopStream(turn);
    if (lane.id) this.#socket.unsubscribe(lane.id);
  }

  retryNow() {
    this.#socket.retryNow();
    for (const { stream } of this.#streams.values()) stream.retryNow();
  }

  /** The turn as the server has it now; a turn that is under way is read from its start. */
  async settle(lane, turn) {
    try {
      turn.settle(await this.#client.request(lane.id, turn.requestId));
    } catch (error) {
      if (!(error instanceof TurnlaneProblem) || error.status !== 404) throw error;
      if (turn.isOpen) turn.settle({ status: 'failed', error: { code: 'not_found' } });
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
      if (!this.#streams.has(turn) || TERMINAL.has(event.type)) this.#hear(lane, turn, event);
    } else if (lane.asking > 0) {
      if (lane.early.length < MOST_EARLY) lane.early.push(event);
    } else {
      this.#adopt(lane, event.request_id);
    }
  }

  #hear(lane, turn, event) {
    if (!turn.hear(event)) return;
    if (turn.isTerminal) return this.#finish(lane, turn);
    if (turn.hole && !this.#streams.has(turn)) this.#replay(lane, turn);
    this.#lanes.changed(lane, turn);
  }

  /** A turn that another tab asked in a lane we hear. */
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

  /** Events that no question of ours was waiting for: another tab's. */
  #adoptEarly(lane) {
    const strangers = new Set(lane.early.splice(0).map((event) => event.request_id));
    for (const requestId of strangers) if (requestId && !lane.turn(requestId)) this.#adopt(lane, requestId);
  }

  /** After events may have been missed: asks how each open turn stands, and reads again what is under way. */
  async #reconcile(lane) {
    for (const turn of lane?.openTurns ?? []) {
      await this.settle(lane, turn).catch(() => {});
      if (turn.isOpen && turn.status !== 'queued') this.#replay(lane, turn);
    }
  }

  #replay(lane, turn) {
    this.#replays.set(turn, lane);
    this.#startStreams();
  }

  #startStreams() {
    for (const [turn, lane] of this.#replays) {
      if (this.#streams.size >= MOST_STREAMS) return;
      const foremost = lane.openTurns[0] === turn;
      if (turn.isOpen && !this.#streams.has(turn) && (foremost || this.#socketWorks)) this.#stream(lane, turn);
    }
  }

  #stream(lane, turn) {
    turn.restart();
    const entry = { state: 'connecting', retryAt: null };
    this.#streams.set(turn, entry);
    entry.stream = this.#client.streamRequest(lane.id, turn.requestId, {
      onEvent: (event) => this.#fromStream(lane, turn, event),
      onState: (state) => {
        Object.assign(entry, { retryAt: null }, state);
        this.#streamState();
      },
      onEnd: () => {
        this.#stopStream(turn);
        if (turn.isOpen) this.settle(lane, turn).catch(() => {});
      },
    });
  }

  #fromStream(lane, turn, event) {
    if (event.type === 'gap' && event.snapshot?.status) turn.settle(event.snapshot);
    this.#hear(lane, turn, { ...event, request_id: turn.requestId });
    if (turn.isTerminal && this.#streams.has(turn)) this.#finish(lane, turn);
  }

  #stopStream(turn) {
    this.#streams.get(turn)?.stream?.close();
    this.#streams.delete(turn);
    this.#replays.delete(turn);
  }

  #finish(lane, turn) {
    this.#stopStream(turn);
    if (lane !== this.#shown) {
      lane.unread ||= turn.heard > 0;
      this.#release(lane);
    }
    const finishedAt = Date.parse(turn.finishedAt) || Date.now();
    lane.answeredAt = Math.max(lane.answeredAt ?? 0, finishedAt);
    this.#lanes.keep(lane, turn);
    if (turn.heard > 0) this.#onFinished(lane, turn);
    this.#startStreams();
    this.#streamState();
  }

  #release(lane) {
    if (lane.id && lane.openTurns.length === 0 && lane.asking === 0) this.#socket.unsubscribe(lane.id);
  }

  /** Without a socket: the turns that have no stream. With one: those that have been silent for long. */
  #poll() {
    for (const lane of this.#lanes.all) {
      for (const turn of lane.openTurns) {
        if (this.#streams.has(turn) || !this.connected) continue;
        const hears = this.#socketWorks && this.#socket.has(lane.id);
        const patience = hears ? QUIET : POLL_EVERY - 100;
        if (!hears) this.listen(lane);
        if (Date.now() - turn.heardAt > patience) this.#askAfter(lane, turn);
      }
    }
  }

  async #askAfter(lane, turn) {
    const before = turn.status;
    turn.heardAt = Date.now();
    await this.settle(lane, turn).catch(() => {});
    if (turn.isOpen && turn.status !== before) this.#replay(lane, turn);
    else this.#startStreams();
  }

  #socketState({ state, retryAt, opened, tries }) {
    if (!this.#socketWorks) return;
    if (state === 'open') this.#setLost(null);
    if (state === 'lost' && (opened || tries > SILENT_TRIES)) this.#setLost({ retryAt });
    if (state === 'lost' && !opened && tries >= SILENT_TRIES) this.#tryWithoutSocket();
  }

  /** The server answers, but gives no socket (an old proxy, a closed route): streams and polls do. */
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
