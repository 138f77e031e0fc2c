import { backoff, isPassing } from './turnlane-client.js';

/** How often the server is asked for a sign of life, and how long it may take, in milliseconds. */
const PING_EVERY = 15_000;
const PONG_LIMIT = 20_000;
/** After the browser says "offline": a localhost server is still there, so ask before believing it. */
const QUICK_PONG_LIMIT = 3_000;
/** Somebody looks on: the wait for the next try grows to 4 s. */
const MOST_DOUBLINGS = 3;

/**
 * The events of any number of sessions over one WebSocket (subprotocol turnlane.v1). A browser allows six
 * HTTP/1.1 connections to a host, for all its tabs together: with a stream each, the seventh lane would wait.
 *
 * Survives lost connections: each session goes on after the last cursor seen.
 * Listener: onEvent(event), onState({state: 'connecting' | 'open' | 'lost', retryAt?, opened, tries?}),
 * onRestored(sessionIds that had no cursor to go on from), protocols() for what is offered besides ours, as a ticket.
 */
export class TurnlaneSocket {
  #url;
  #listener;
  #socket = null;
  /** By id: where to go on, and how often in a row the server couldn't just then. */
  #sessions = new Map();
  /** What waits for a pong. */
  #pongs = [];
  #tries = 0;
  #opened = false;
  #heard = 0;
  #pinged = 0;
  #timer = null;
  #closed = false;
  #connecting = false;

  constructor(url, listener) {
    this.#url = url;
    this.#listener = listener;
    this.#connect();
  }

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  has(sessionId) {
    return this.#sessions.has(sessionId);
  }

  /**
   * Events of this session from now on. Resolves once the server has seen the subscription (frames are
   * handled in order, so the pong of a ping sent behind it says so): what is asked after that is heard
   * from its first event. Resolves to false where the server refused, or there is no connection; where that
   * passes, `onRestored` says so.
   */
  subscribe(sessionId) {
    const known = this.#sessions.get(sessionId);
    if (known) return Promise.resolve(known.refusals === 0);
    this.#sessions.set(sessionId, { cursor: null, refusals: 0 });
    if (!this.isOpen) return Promise.resolve(false);
    this.#subscribe(sessionId);
    return this.#ping().then((arrived) => arrived && this.#sessions.get(sessionId)?.refusals === 0);
  }

  unsubscribe(sessionId) {
    if (this.#sessions.delete(sessionId) && this.isOpen) this.#send({ type: 'unsubscribe', session_id: sessionId });
  }

  /** Ends the wait for the next try. */
  retryNow() {
    if (this.#closed || this.#socket || this.#connecting) return;
    clearTimeout(this.#timer);
    this.#connect();
  }

  /** Asks for a quick sign of life; the connection is given up when none comes. */
  check() {
    if (!this.isOpen) return;
    const asked = Date.now();
    this.#ping();
    const silent = this.#ifStill(this.#socket, () => this.#heard < asked && this.#lost());
    setTimeout(silent, QUICK_PONG_LIMIT);
  }

  close() {
    this.#closed = true;
    this.#drop();
  }

  async #connect() {
    if (this.#connecting) return;
    this.#connecting = true;
    this.#listener.onState({ state: 'connecting', opened: this.#opened });
    const more = await Promise.resolve(this.#listener.protocols?.() ?? []).catch(() => null);
    this.#connecting = false;
    if (this.#closed) return;
    if (!more) {
      this.#lost();
      return;
    }
    const socket = new WebSocket(this.#url, ['turnlane.v1', ...more]);
    this.#socket = socket;
    socket.onopen = this.#ifStill(socket, () => this.#open());
    socket.onmessage = this.#ifStill(socket, ({ data }) => {
      this.#heard = Date.now();
      this.#receive(JSON.parse(data));
    });
    socket.onclose = this.#ifStill(socket, () => this.#lost());
  }

  /** What comes of a socket that was given up meanwhile is nobody's. */
  #ifStill(socket, act) {
    return (event) => this.#socket === socket && act(event);
  }

  #open() {
    this.#tries = 0;
    this.#opened = true;
    this.#heard = Date.now();
    this.#timer = setInterval(() => this.#beat(), PING_EVERY);
    const withoutCursor = [];
    for (const [sessionId, { cursor }] of this.#sessions) {
      this.#subscribe(sessionId);
      if (!cursor) withoutCursor.push(sessionId);
    }
    this.#listener.onState({ state: 'open', opened: true });
    this.#ping().then((arrived) => arrived && this.#listener.onRestored(withoutCursor));
  }

  #receive(frame) {
    if (frame.type === 'pong') this.#pongs.shift()?.(true);
    else if (frame.type === 'event') this.#event(frame);
    else if (frame.cursor) this.#place(frame.session_id, frame.cursor);
    else if (frame.type === 'error') this.#refused(frame.ref, frame.problem);
  }

  /** The session's id is the frame's name, too: an error says it. */
  #subscribe(sessionId) {
    const { cursor } = this.#sessions.get(sessionId);
    this.#send({ type: 'subscribe', ref: sessionId, session_id: sessionId, ...(cursor && { after: cursor }) });
  }

  /** Too many calls, or a log that is away, pass: then it is tried again. Who isn't known stays so. */
  #refused(sessionId, { status, retry_after: retryAfter }) {
    const session = this.#sessions.get(sessionId);
    if (!session) return;
    if (!isPassing(status)) {
      this.#sessions.delete(sessionId);
      return;
    }
    const again = () => this.#sessions.get(sessionId) === session && this.#subscribe(sessionId);
    setTimeout(this.#ifStill(this.#socket, again), backoff(session.refusals++, { retryAfter }));
  }

  #event({ cursor, event }) {
    if (!this.#sessions.has(event.session_id)) return;
    this.#place(event.session_id, cursor);
    this.#listener.onEvent(event);
  }

  #place(sessionId, cursor) {
    const session = this.#sessions.get(sessionId);
    if (!session || !cursor) return;
    const missed = session.refusals > 0 && !session.cursor;
    Object.assign(session, { cursor, refusals: 0 });
    if (missed) this.#listener.onRestored([sessionId]);
  }

  #beat() {
    const unanswered = this.#pinged > this.#heard;
    if (unanswered && Date.now() - this.#pinged > PONG_LIMIT) this.#lost();
    else if (!unanswered) this.#ping();
  }

  /** Resolves to whether a pong came. Pongs carry no name, but come in order: each settles the oldest promise. */
  #ping() {
    this.#pinged = Date.now();
    this.#send({ type: 'ping' });
    return new Promise((resolve) => {
      this.#pongs.push(resolve);
    });
  }

  #lost() {
    this.#drop();
    if (this.#closed) return;
    const delay = backoff(Math.min(this.#tries++, MOST_DOUBLINGS));
    this.#timer = setTimeout(() => this.#connect(), delay);
    this.#listener.onState({ state: 'lost', retryAt: Date.now() + delay, opened: this.#opened, tries: this.#tries });
  }

  #drop() {
    clearInterval(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    for (const resolve of this.#pongs.splice(0)) resolve(false);
  }

  #send(frame) {
    this.#socket.send(JSON.stringify(frame));
  }
}
