import { backoff } from './turnlane-client.js';

/** How often the server is asked for a sign of life, and how long it may take, in milliseconds. */
const PING_EVERY = 15_000;
const PONG_LIMIT = 20_000;
/** After the browser says "offline": a localhost server is still there, so ask before believing it. */
const QUICK_PONG_LIMIT = 3_000;

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
  #sessions = new Map();
  #barriers = [];
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
   * from its first event. Resolves to false where the server refused, or there is no connection.
   */
  subscribe(sessionId) {
    if (this.#sessions.has(sessionId)) return Promise.resolve(true);
    this.#sessions.set(sessionId, null);
    if (!this.isOpen) return Promise.resolve(false);
    this.#subscribe(sessionId);
    return this.#barrier().then((arrived) => arrived && this.#sessions.has(sessionId));
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
    setTimeout(() => {
      if (this.#heard < asked) this.#lost();
    }, QUICK_PONG_LIMIT);
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearInterval(this.#timer);
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
    socket.onopen = () => this.#open();
    socket.onmessage = ({ data }) => {
      this.#heard = Date.now();
      this.#receive(JSON.parse(data));
    };
    socket.onclose = () => {
      if (this.#socket === socket) this.#lost();
    };
  }

  #open() {
    this.#tries = 0;
    this.#opened = true;
    this.#heard = Date.now();
    this.#timer = setInterval(() => this.#beat(), PING_EVERY);
    const withoutCursor = [];
    for (const [sessionId, cursor] of this.#sessions) {
      this.#subscribe(sessionId, cursor);
      if (!cursor) withoutCursor.push(sessionId);
    }
    this.#listener.onState({ state: 'open', opened: true });
    this.#barrier().then((arrived) => arrived && this.#listener.onRestored(withoutCursor));
  }

  #receive(frame) {
    if (frame.type === 'pong') this.#barriers.shift()?.(true);
    else if (frame.type === 'event') this.#event(frame);
    else if (frame.cursor) this.#place(frame.session_id, frame.cursor);
    else if (frame.type === 'error') this.#sessions.delete(frame.ref);
  }

  /** The session's id is the frame's name, too: an error says it. */
  #subscribe(sessionId, cursor) {
    this.#send({ type: 'subscribe', ref: sessionId, session_id: sessionId, ...(cursor && { after: cursor }) });
  }

  #event({ cursor, event }) {
    if (!this.#sessions.has(event.session_id)) return;
    this.#place(event.session_id, cursor);
    this.#listener.onEvent(event);
  }

  #place(sessionId, cursor) {
    if (cursor && this.#sessions.has(sessionId)) this.#sessions.set(sessionId, cursor);
  }

  #beat() {
    const unanswered = this.#pinged > this.#heard;
    if (unanswered && Date.now() - this.#pinged > PONG_LIMIT) this.#lost();
    else if (!unanswered) this.#ping();
  }

  /** Pongs carry no name, but come in order: each settles the oldest promise. */
  #barrier() {
    return new Promise((resolve) => {
      this.#barriers.push(resolve);
      this.#sendPing();
    });
  }

  #ping() {
    this.#barriers.push(() => {});
    this.#sendPing();
  }

  #sendPing() {
    this.#pinged = Date.now();
    this.#send({ type: 'ping' });
  }

  #lost() {
    this.#drop();
    if (this.#closed) return;
    const delay = backoff(this.#tries++);
    this.#timer = setTimeout(() => this.#connect(), delay);
    this.#listener.onState({ state: 'lost', retryAt: Date.now() + delay, opened: this.#opened, tries: this.#tries });
  }

  #drop() {
    clearInterval(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    for (const resolve of this.#barriers.splice(0)) resolve(false);
  }

  #send(frame) {
    this.#socket.send(JSON.stringify(frame));
  }
}
