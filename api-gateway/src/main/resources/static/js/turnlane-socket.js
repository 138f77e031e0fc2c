import { backoff, isTransient } from './turnlane-client.js';

/** Interval of pings and time limit for their pongs, in milliseconds. */
const PING_EVERY = 15_000;
const PONG_LIMIT = 20_000;
/** Time limit for a pong after the browser reports "offline". A server on localhost may still answer. */
const QUICK_PONG_LIMIT = 3_000;
/** The delay before a new attempt doubles this many times, up to 4 s. It stays short because a user waits. */
const MAX_DOUBLINGS = 3;

/**
 * Receives the events of any number of sessions over one WebSocket (subprotocol turnlane.v1). A browser allows six
 * HTTP/1.1 connections to a host, for all its tabs together. If each session had its own stream, the seventh session
 * would have to wait.
 *
 * If the connection is lost, it reconnects and resumes each session after its last cursor.
 * Listener: onEvent(event), onState({state: 'connecting' | 'open' | 'lost', retryAt?, opened, tries?}),
 * onRestored(sessionIds) if events of these sessions may have been missed, protocols() for further subprotocols, e.g. a
 * ticket.
 */
export class TurnlaneSocket {
  #url;
  #listener;
  #socket = null;
  /** Last cursor and number of consecutive transient rejections, by session id. */
  #sessions = new Map();
  /** Resolvers of pings without a pong. */
  #pongs = [];
  #tries = 0;
  #opened = false;
  #received = 0;
  #pingedAt = 0;
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
   * Subscribes to the session. Resolves to true when the pong of a later ping shows that the server has processed the
   * subscription. All events of turns that are asked after this are received. Resolves to false if the server rejected
   * the subscription or there is no connection. If a later attempt succeeds, calls `onRestored`.
   */
  subscribe(sessionId) {
    const known = this.#sessions.get(sessionId);
    if (known) return Promise.resolve(known.rejections === 0);
    this.#sessions.set(sessionId, { cursor: null, rejections: 0 });
    if (!this.isOpen) return Promise.resolve(false);
    this.#subscribe(sessionId);
    return this.#ping().then((arrived) => arrived && this.#sessions.get(sessionId)?.rejections === 0);
  }

  unsubscribe(sessionId) {
    if (this.#sessions.delete(sessionId) && this.isOpen) this.#send({ type: 'unsubscribe', session_id: sessionId });
  }

  /** Skips the delay before the next attempt. */
  retryNow() {
    if (this.#closed || this.#socket || this.#connecting) return;
    clearTimeout(this.#timer);
    this.#connect();
  }

  /** Sends a ping, and drops the connection if nothing arrives soon. */
  check() {
    if (!this.isOpen) return;
    const asked = Date.now();
    this.#ping();
    const silent = this.#ifCurrent(this.#socket, () => this.#received < asked && this.#lost());
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
    socket.onopen = this.#ifCurrent(socket, () => this.#open());
    socket.onmessage = this.#ifCurrent(socket, ({ data }) => {
      this.#received = Date.now();
      this.#receive(JSON.parse(data));
    });
    socket.onclose = this.#ifCurrent(socket, () => this.#lost());
  }

  /** Returns a listener that ignores the events of a socket that was replaced. */
  #ifCurrent(socket, act) {
    return (event) => this.#socket === socket && act(event);
  }

  #open() {
    this.#tries = 0;
    this.#opened = true;
    this.#received = Date.now();
    this.#timer = setInterval(() => this.#keepAlive(), PING_EVERY);
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
    else if (frame.cursor) this.#advance(frame.session_id, frame.cursor);
    else if (frame.type === 'error') this.#rejected(frame.ref, frame.problem);
  }

  /** The session id is also the ref: an error frame repeats it. */
  #subscribe(sessionId) {
    const { cursor } = this.#sessions.get(sessionId);
    this.#send({ type: 'subscribe', ref: sessionId, session_id: sessionId, ...(cursor && { after: cursor }) });
  }

  /** Retries after a transient problem, such as a rate limit. Otherwise forgets the session. */
  #rejected(sessionId, { status, retry_after: retryAfter }) {
    const session = this.#sessions.get(sessionId);
    if (!session) return;
    if (!isTransient(status)) {
      this.#sessions.delete(sessionId);
      return;
    }
    const again = () => this.#sessions.get(sessionId) === session && this.#subscribe(sessionId);
    setTimeout(this.#ifCurrent(this.#socket, again), backoff(session.rejections++, { retryAfter }));
  }

  #event({ cursor, event }) {
    if (!this.#sessions.has(event.session_id)) return;
    this.#advance(event.session_id, cursor);
    this.#listener.onEvent(event);
  }

  #advance(sessionId, cursor) {
    const session = this.#sessions.get(sessionId);
    if (!session || !cursor) return;
    const missed = session.rejections > 0 && !session.cursor;
    Object.assign(session, { cursor, rejections: 0 });
    if (missed) this.#listener.onRestored([sessionId]);
  }

  #keepAlive() {
    const unanswered = this.#pingedAt > this.#received;
    if (unanswered && Date.now() - this.#pingedAt > PONG_LIMIT) this.#lost();
    else if (!unanswered) this.#ping();
  }

  /** Resolves to true if a pong arrives. Pongs arrive in order: each resolves the oldest promise. */
  #ping() {
    this.#pingedAt = Date.now();
    this.#send({ type: 'ping' });
    return new Promise((resolve) => {
      this.#pongs.push(resolve);
    });
  }

  #lost() {
    this.#drop();
    if (this.#closed) return;
    const delay = backoff(Math.min(this.#tries++, MAX_DOUBLINGS));
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
