/**
 * A client for Turnlane's HTTP contract, without dependencies: copy it into your own page (docs/clients.md).
 * Streams are read with fetch rather than EventSource, so that a header (an API key) can be sent, a dead connection
 * is noticed, and the next try can be shown and hurried.
 */

/** Statuses and event types after which nothing more happens to a turn. */
export const TERMINAL = new Set(['completed', 'failed', 'cancelled', 'superseded', 'rejected']);

/** Milliseconds without a byte (the server sends a comment each 15 s) after which a stream is dead. */
const SILENCE_LIMIT = 40_000;
const FIRST_RETRY = 500;
const LONGEST_RETRY = 15_000;

/** The wait before try n, from 0: doubling, with jitter so that pages don't return all at once; no less than the error says. */
export function backoff(tries, error) {
  const whole = Math.min(LONGEST_RETRY, FIRST_RETRY * 2 ** tries);
  return Math.max(Math.round(whole * (0.8 + 0.4 * Math.random())), (error?.retryAfter ?? 0) * 1000);
}

/** Whether it may be otherwise at the next try. */
export function isPassing(status) {
  return status >= 500 || status === 408 || status === 429;
}

/** 128 random bits; crypto.randomUUID is missing where the page isn't on https or localhost. */
export function randomKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** An answer that says no: RFC 9457 problem details. */
export class TurnlaneProblem extends Error {
  constructor(status, problem, retryAfter) {
    super(problem.detail || problem.title || `HTTP ${status}`);
    this.name = 'TurnlaneProblem';
    this.status = status;
    this.code = problem.code || '';
    this.requestId = problem.request_id;
    /** Seconds to wait before asking again, or null. */
    this.retryAfter = retryAfter;
  }
}

export class Turnlane {
  #base;
  #headers;
  #refused;
  #limit;

  /**
   * @param {object} [options]
   * @param {string} [options.baseUrl] where the gateway is; the page's own host by default
   * @param {() => Record<string, string>} [options.headers] added to every call, e.g. an API key
   * @param {(used?: string) => Promise<void>} [options.refused] is told of an Authorization that was refused with 401;
   *     the call is made again once it resolves
   * @param {number} [options.limit] milliseconds after which a call that isn't answered counts as lost
   */
  constructor({ baseUrl = '', headers = () => ({}), refused, limit = 10_000 } = {}) {
    this.#base = baseUrl;
    this.#headers = headers;
    this.#refused = refused;
    this.#limit = limit;
  }

  createSession(body = {}) {
    return this.#json('POST', '/v1/sessions', { body });
  }

  session(sessionId) {
    return this.#json('GET', sessionPath(sessionId));
  }

  /** The session's remembered turns, oldest first. */
  async turns(sessionId) {
    return (await this.#json('GET', `${sessionPath(sessionId)}/turns`)).turns;
  }

  /** Erases the session, after the turns already queued. `keepalive` lets the call outlive the page. */
  deleteSession(sessionId, { keepalive = false } = {}) {
    return this.#json('DELETE', sessionPath(sessionId), { keepalive });
  }

  /**
   * Asks. Resolves with the request resource as soon as the question is on the log. Where no reply comes, the
   * same is sent again for `patience` milliseconds: under its key it is asked once, however often it is sent.
   */
  ask(sessionId, question, { idempotencyKey = randomKey(), patience, signal, ...how } = {}) {
    const call = { body: { question, ...how }, headers: { 'Idempotency-Key': idempotencyKey }, signal, patience };
    return this.#untilAnswered(`${sessionPath(sessionId)}/requests`, call);
  }

  /** `wait`: seconds that the server may wait for the turn's end. */
  request(sessionId, requestId, { wait = 0 } = {}) {
    return this.#json('GET', requestPath(sessionId, requestId) + (wait ? `?wait=${wait}` : ''), { wait });
  }

  timeline(sessionId, requestId) {
    return this.#json('GET', `${requestPath(sessionId, requestId)}/timeline`);
  }

  /** Asks to stop it; sent again as a question is. */
  cancel(sessionId, requestId, how) {
    return this.#untilAnswered(`${requestPath(sessionId, requestId)}/cancel`, how);
  }

  async agents() {
    return (await this.#json('GET', '/v1/agents')).agents;
  }

  /** A single-use ticket for a WebSocket: its second subprotocol is `ticket.<ticket>`. */
  ticket() {
    return this.#json('POST', '/v1/ws-tickets');
  }

  /** Follows one turn from its first event (or from `after`) to its terminal one, over lost connections. */
  streamRequest(sessionId, requestId, listener = {}) {
    return this.#stream(`${requestPath(sessionId, requestId)}/events`, { ...listener, endsWithTurn: true });
  }

  /** Follows all turns of a session, from now or from `after`, until closed. */
  streamSession(sessionId, listener = {}) {
    return this.#stream(`${sessionPath(sessionId)}/events`, listener);
  }

  #stream(path, listener) {
    return new EventStream(this.#base + path, { headers: this.#headers, refused: this.#refused, ...listener });
  }

  /** A POST that does the same however often it is sent. */
  async #untilAnswered(path, { patience = 30_000, ...call } = {}) {
    const giveUpAt = Date.now() + patience;
    for (let tries = 0; ; tries++) {
      try {
        return await this.#json('POST', path, call);
      } catch (error) {
        const delay = backoff(tries, error);
        if (call.signal?.aborted || error.status < 500 || Date.now() + delay > giveUpAt) throw error;
        await new Promise((resolve) => setTimeout(resolve, delay));
      }
    }
  }

  async #json(method, path, options = {}) {
    const { body, headers = {}, keepalive = false, signal, wait = 0 } = options;
    const own = this.#headers();
    const late = AbortSignal.timeout(this.#limit + wait * 1000);
    const response = await fetch(this.#base + path, {
      method,
      keepalive,
      signal: signal ? AbortSignal.any([signal, late]) : late,
      cache: 'no-store',
      headers: {
        Accept: 'application/json',
        ...(body && { 'Content-Type': 'application/json' }),
        ...own,
        ...headers,
      },
      body: body && JSON.stringify(body),
    });
    if (response.status === 401 && this.#refused) {
      await this.#refused(own.Authorization);
      return this.#json(method, path, options);
    }
    if (!response.ok) throw await problemOf(response);
    // What is cut off half-way is no JSON: as good as no reply.
    return response.status === 204 ? null : response.json();
  }
}

function sessionPath(sessionId) {
  return `/v1/sessions/${encodeURIComponent(sessionId)}`;
}

function requestPath(sessionId, requestId) {
  return `${sessionPath(sessionId)}/requests/${encodeURIComponent(requestId)}`;
}

async function problemOf(response) {
  const problem = await response.json().catch(() => ({}));
  const seconds = Number.parseInt(response.headers.get('Retry-After'), 10);
  return new TurnlaneProblem(response.status, problem ?? {}, Number.isNaN(seconds) ? null : seconds);
}

/**
 * One server-sent event stream that survives lost connections: it goes on after the last cursor seen.
 * Listener: onEvent(event, cursor), onState({state: 'connecting' | 'open' | 'lost', retryAt?}), onEnd(problem?).
 */
export class EventStream {
  #url;
  #listener;
  #cursor;
  #tries = 0;
  #stopped = new AbortController();
  #hurry = () => {};

  constructor(url, listener) {
    this.#url = url;
    this.#listener = listener;
    this.#cursor = listener.after;
    this.#run();
  }

  close() {
    this.#stopped.abort();
    this.#hurry();
  }

  /** Ends the wait for the next try. */
  retryNow() {
    this.#hurry();
  }

  async #run() {
    while (!this.#stopped.signal.aborted) {
      let problem;
      try {
        if (await this.#connect()) return this.#listener.onEnd?.();
      } catch (error) {
        if (this.#stopped.signal.aborted) return;
        if (error instanceof TurnlaneProblem && !isPassing(error.status)) return this.#listener.onEnd?.(error);
        problem = error;
      }
      await this.#pause(problem);
    }
  }

  /** Reads one connection; true when there is nothing more to come. */
  async #connect() {
    this.#state({ state: 'connecting' });
    const connection = new AbortController();
    const signal = AbortSignal.any([this.#stopped.signal, connection.signal]);
    const watch = silenceWatch(() => connection.abort());
    try {
      const headers = this.#headers();
      const response = await fetch(this.#url, { headers, cache: 'no-store', signal });
      if (response.status === 401 && this.#listener.refused) {
        watch.stop();
        await this.#listener.refused(headers.Authorization);
        return false;
      }
      if (response.status === 204) return true;
      if (!response.ok) throw await problemOf(response);
      this.#state({ state: 'open' });
      return await this.#read(response.body, watch);
    } finally {
      watch.stop();
    }
  }

  async #read(body, watch) {
    const parser = new SseParser();
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return false;
      watch.heard();
      for (const { id, data } of parser.push(value)) {
        if (data === '') this.#cursor = id;
        else if (this.#deliver(id, JSON.parse(data))) return true;
      }
    }
  }

  #deliver(cursor, event) {
    if (this.#stopped.signal.aborted) return true;
    if (cursor) this.#cursor = cursor;
    this.#tries = 0;
    this.#listener.onEvent?.(event, cursor);
    return this.#listener.endsWithTurn && TERMINAL.has(event.type);
  }

  #pause(problem) {
    if (this.#stopped.signal.aborted) return undefined;
    const delay = backoff(this.#tries++, problem);
    this.#state({ state: 'lost', retryAt: Date.now() + delay });
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, delay);
      this.#hurry = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #headers() {
    return {
      Accept: 'text/event-stream',
      ...(this.#cursor && { 'Last-Event-ID': this.#cursor }),
      ...this.#listener.headers?.(),
    };
  }

  #state(state) {
    this.#listener.onState?.(state);
  }
}

/** Calls `dead` once nothing was heard for too long. */
function silenceWatch(dead) {
  let last = Date.now();
  const timer = setInterval(() => {
    if (Date.now() - last > SILENCE_LIMIT) dead();
  }, 5_000);
  return {
    heard: () => {
      last = Date.now();
    },
    stop: () => clearInterval(timer),
  };
}

/** Cuts a text/event-stream into {id, data}; pieces may break anywhere. An id without data ('') is a place only. https://html.spec.whatwg.org/#parsing-an-event-stream */
export class SseParser {
  #rest = '';
  #id = '';
  #data = [];

  push(piece) {
    const events = [];
    const lines = (this.#rest + piece).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop();
    for (const line of lines) {
      if (line === '') this.#close(events);
      else this.#field(line);
    }
    return events;
  }

  #field(line) {
    const [, name, value] = /^([^:]*):? ?(.*)$/s.exec(line);
    if (name === 'id') this.#id = value;
    else if (name === 'data') this.#data.push(value);
  }

  #close(events) {
    if (this.#data.length || this.#id) events.push({ id: this.#id, data: this.#data.join('\n') });
    this.#id = '';
    this.#data = [];
  }
}

/**
 * What a turn's events add up to. Events may come twice, or late from an attempt that was given up:
 * `apply` says whether anything changed. A terminal event closes the turn, whatever its attempt.
 */
export class Turn {
  status = 'queued';
  /** The text so far; the whole answer once completed. */
  text = '';
  /** {text, confidence, sources, artifacts, usage} once completed. */
  answer = null;
  artifacts = [];
  stage = '';
  position = 0;
  error = null;
  /** When the next attempt starts, while `retrying`. */
  retryAt = null;
  /** Why it was cancelled, superseded or rejected. */
  reason = '';
  attempt = 0;
  /** A piece of text is missing: follow the request again from its start (`restart`), or wait for its end. */
  hole = false;
  #seq = -1;
  #length = 0;

  constructor(requestId) {
    this.requestId = requestId;
  }

  get isTerminal() {
    return TERMINAL.has(this.status);
  }

  apply(event) {
    if (this.isTerminal) return false;
    if (TERMINAL.has(event.type)) return this.#end(event);
    if (event.type === 'gap') return this.#gap();
    if (event.type === 'queued') return this.#queued(event);
    if (event.attempt < this.attempt) return false;
    if (event.attempt > this.attempt) this.#begin(event.attempt);
    if (event.seq <= this.#seq) return false;
    this.#seq = event.seq;
    return this.#step(event);
  }

  /** Takes over the state of a request resource. */
  settle(request) {
    if (this.isTerminal) return;
    if (!TERMINAL.has(request.status)) {
      this.status = request.status;
      this.position = request.position ?? 0;
      return;
    }
    this.attempt = request.attempt ?? this.attempt;
    this.#end({ type: request.status, answer: request.answer, error: request.error, reason: request.reason });
  }

  /** Forgets the text, to read it again from the first event. */
  restart() {
    if (!this.isTerminal) this.#begin(0);
  }

  #begin(attempt) {
    this.attempt = attempt;
    this.text = '';
    this.artifacts = [];
    this.stage = '';
    this.hole = false;
    this.#seq = -1;
    this.#length = 0;
  }

  #step(event) {
    switch (event.type) {
      case 'started':
        this.#running();
        return true;
      case 'stage':
        this.#running();
        this.stage = event.stage;
        return true;
      case 'delta':
        this.#running();
        return this.#delta(event);
      case 'artifact':
        this.artifacts = [...this.artifacts, event.artifact];
        return true;
      case 'retrying':
        this.status = 'retrying';
        this.error = event.error;
        this.retryAt = event.retry_at;
        return true;
      default:
        return false;
    }
  }

  #running() {
    this.status = 'running';
    this.position = 0;
    this.error = null;
    this.retryAt = null;
  }

  /** `pos` is where the piece starts, in code points: what overlaps is cut, what is missing is noticed. */
  #delta({ text, pos = this.#length }) {
    if (pos > this.#length) this.hole = true;
    if (this.hole) return true;
    const fresh = Array.from(text).slice(this.#length - pos);
    this.text += fresh.join('');
    this.#length += fresh.length;
    return fresh.length > 0;
  }

  #queued(event) {
    if (this.status !== 'queued') return false;
    this.position = event.position;
    return true;
  }

  #gap() {
    this.hole = true;
    return true;
  }

  #end(event) {
    this.status = event.type;
    this.answer = event.answer ?? null;
    this.text = this.answer?.text ?? this.text;
    this.artifacts = this.answer?.artifacts ?? this.artifacts;
    this.error = event.error ?? null;
    this.reason = event.reason ?? '';
    this.retryAt = null;
    this.position = 0;
    this.hole = false;
    return true;
  }
}
