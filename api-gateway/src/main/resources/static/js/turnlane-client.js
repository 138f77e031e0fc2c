/**
 * Client for Turnlane's HTTP API, without dependencies. You can copy it into your own page (docs/clients.md).
 * It reads streams with fetch instead of EventSource, so that it can send an API key, detect a dead connection, and
 * show or skip the delay before the next attempt.
 */

/** Terminal statuses and event types. */
export const TERMINAL = new Set(['completed', 'failed', 'cancelled', 'superseded', 'rejected']);

/** Milliseconds without a byte after which a stream counts as dead; the server sends a comment every 15 s. */
const SILENCE_LIMIT = 40_000;
const FIRST_RETRY = 500;
const LONGEST_RETRY = 15_000;
/** Longest time in seconds that a server can ask the client to wait. The timers of browsers overflow after 24 days. */
const LONGEST_RETRY_AFTER = 3_600;

/**
 * Returns the delay before retry number `tries` (from 0), in milliseconds. The delay doubles with each retry and is at
 * least the error's Retry-After. A random part prevents all pages from retrying at the same time.
 */
export function backoff(tries, error) {
  const whole = Math.min(LONGEST_RETRY, FIRST_RETRY * 2 ** tries);
  return Math.max(spread(whole), boundedWait(error?.retryAfter) * 1000);
}

function spread(delay) {
  return Math.round(delay * (0.8 + 0.4 * Math.random()));
}

/** Returns a number of seconds from 0 to the longest wait. */
function boundedWait(seconds) {
  return Math.min(Math.max(Number(seconds) || 0, 0), LONGEST_RETRY_AFTER);
}

/**
 * Returns the seconds to wait according to Retry-After, which is a number or a date (RFC 9110, 10.2.3); null if absent
 * or invalid. A date is compared with the server's own clock, if the response has its time.
 */
export function retryAfterOf(headers) {
  const text = headers.get('Retry-After')?.trim() ?? '';
  if (/^\d+$/.test(text)) return boundedWait(text);
  const until = / GMT$/.test(text) ? Date.parse(text) : Number.NaN;
  const now = Date.parse(headers.get('Date')) || Date.now();
  return Number.isNaN(until) ? null : boundedWait(Math.ceil((until - now) / 1000));
}

/** Returns true if the same call may succeed later. */
export function isTransient(status) {
  return status >= 500 || status === 408 || status === 429;
}

/** Returns 128 random bits. crypto.randomUUID exists only on https and localhost. */
export function randomKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Error response of the server: RFC 9457 problem details. */
export class TurnlaneProblem extends Error {
  constructor(status, problem, retryAfter) {
    super(problem.detail || problem.title || `HTTP ${status}`);
    this.name = 'TurnlaneProblem';
    this.status = status;
    this.code = problem.code || '';
    this.requestId = problem.request_id;
    /** Seconds to wait before the next call, or null. */
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
   * @param {string} [options.baseUrl] URL of the gateway; the page's own host by default
   * @param {() => Record<string, string>} [options.headers] returns headers for every call, e.g. an API key
   * @param {(used?: string) => Promise<void>} [options.refused] called after a 401 with the Authorization header sent;
   *     the call is repeated when the promise resolves
   * @param {number} [options.limit] milliseconds after which an unanswered call counts as lost
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

  /** Returns a page of the caller's sessions, newest first: {sessions, next}. */
  sessions({ limit = 50, cursor } = {}) {
    const query = new URLSearchParams({ limit, ...(cursor && { cursor }) });
    return this.#json('GET', `/v1/sessions?${query}`);
  }

  /** Changes metadata, agent or ttl_seconds. Takes effect after the turns already queued. */
  changeSession(sessionId, patch) {
    return this.#json('PATCH', sessionPath(sessionId), { body: patch });
  }

  /**
   * Copies the session up to the turn `after_request_id` into a new one. Resolves when the copy is queued, before it is
   * complete.
   */
  fork(sessionId, body) {
    return this.#json('POST', `${sessionPath(sessionId)}/fork`, { body });
  }

  /** Returns the session as a document that can be imported. */
  exportSession(sessionId) {
    return this.#json('GET', `${sessionPath(sessionId)}/export`);
  }

  /** Returns the session's history, oldest turn first. */
  async turns(sessionId) {
    return (await this.#json('GET', `${sessionPath(sessionId)}/turns`)).turns;
  }

  /** Deletes the session after the turns already queued. `keepalive`: the call outlives the page. */
  deleteSession(sessionId, { keepalive = false } = {}) {
    return this.#json('DELETE', sessionPath(sessionId), { keepalive });
  }

  /**
   * Asks a question. Resolves with the request resource when the question is accepted. If no reply arrives, sends the
   * call again, for at most `patience` milliseconds. All these calls have the same key, so the gateway asks the
   * question only once.
   */
  ask(sessionId, question, { idempotencyKey = randomKey(), patience, signal, ...how } = {}) {
    const call = { body: { question, ...how }, headers: { 'Idempotency-Key': idempotencyKey }, signal, patience };
    return this.#untilAnswered(`${sessionPath(sessionId)}/requests`, call);
  }

  /**
   * Asks many questions in one call. `items`: {question, session_id?, agent?, …}. Resolves with the batch when the
   * questions are accepted: each item has a request_id, or an error. Sends the call again like `ask`.
   */
  askBatch(items, { idempotencyKey = randomKey(), callbackUrl, patience, signal } = {}) {
    const body = { items, ...(callbackUrl && { callback_url: callbackUrl }) };
    return this.#untilAnswered('/v1/batches', { body, headers: { 'Idempotency-Key': idempotencyKey }, signal, patience });
  }

  /** Returns the status of each question. `wait`: seconds that the server may wait for all turns to end. */
  batch(batchId, { wait = 0 } = {}) {
    return this.#json('GET', batchPath(batchId) + (wait ? `?wait=${wait}` : ''), { wait });
  }

  /** Returns the results of all questions in their order: {index, request} with the answer, or {index, error}. */
  async batchResults(batchId) {
    const results = [];
    for (let cursor = ''; cursor !== null; ) {
      const query = new URLSearchParams({ limit: 100, ...(cursor && { cursor }) });
      const page = await this.#json('GET', `${batchPath(batchId)}/results?${query}`);
      results.push(...page.results);
      cursor = page.next;
    }
    return results;
  }

  /** `wait`: seconds that the server may wait for the turn to end. */
  request(sessionId, requestId, { wait = 0 } = {}) {
    return this.#json('GET', requestPath(sessionId, requestId) + (wait ? `?wait=${wait}` : ''), { wait });
  }

  /** Returns a page of the session's requests, newest first and without answers: {requests, next}. */
  requests(sessionId, { limit = 20, status, cursor } = {}) {
    const query = new URLSearchParams({ limit, ...(status && { status }), ...(cursor && { cursor }) });
    return this.#json('GET', `${sessionPath(sessionId)}/requests?${query}`);
  }

  timeline(sessionId, requestId) {
    return this.#json('GET', `${requestPath(sessionId, requestId)}/timeline`);
  }

  /** Asks the server to cancel the turn. If no reply arrives, sends the call again, as `ask` does. */
  cancel(sessionId, requestId, { reason, ...how } = {}) {
    return this.#untilAnswered(`${requestPath(sessionId, requestId)}/cancel`, { ...how, body: reason && { reason } });
  }

  async agents() {
    return (await this.#json('GET', '/v1/agents')).agents;
  }

  /** Returns a single-use ticket for a WebSocket: its second subprotocol is `ticket.<ticket>`. */
  ticket() {
    return this.#json('POST', '/v1/ws-tickets');
  }

  /** Follows one turn from its first event, or from the cursor `after`, to its terminal event. */
  streamRequest(sessionId, requestId, listener = {}) {
    return this.#stream(`${requestPath(sessionId, requestId)}/events`, { ...listener, endsWithTurn: true });
  }

  /** Follows all turns of a session, from now or from the cursor `after`, until closed. */
  streamSession(sessionId, listener = {}) {
    return this.#stream(`${sessionPath(sessionId)}/events`, listener);
  }

  #stream(path, listener) {
    return new EventStream(this.#base + path, { headers: this.#headers, refused: this.#refused, ...listener });
  }

  /** Sends an idempotent POST until a reply arrives, for at most `patience` milliseconds. */
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
    // A truncated body is not JSON and fails, like a lost reply.
    return response.status === 204 ? null : response.json();
  }
}

function sessionPath(sessionId) {
  return `/v1/sessions/${encodeURIComponent(sessionId)}`;
}

function batchPath(batchId) {
  return `/v1/batches/${encodeURIComponent(batchId)}`;
}

function requestPath(sessionId, requestId) {
  return `${sessionPath(sessionId)}/requests/${encodeURIComponent(requestId)}`;
}

async function problemOf(response) {
  const problem = await response.json().catch(() => ({}));
  return new TurnlaneProblem(response.status, problem ?? {}, retryAfterOf(response.headers));
}

/**
 * Stream of server-sent events. If the connection is lost, it reconnects and resumes after the last cursor.
 * Listener: onEvent(event, cursor), onState({state: 'connecting' | 'open' | 'lost', retryAt?}), onEnd(problem?).
 */
export class EventStream {
  #url;
  #listener;
  #cursor;
  /** Number of attempts since something was received. */
  #tries = 0;
  /** Delay in milliseconds that the server announced, because it is about to end the connection; null if none. */
  #announced = null;
  #stopped = new AbortController();
  #skip = () => {};

  constructor(url, listener) {
    this.#url = url;
    this.#listener = listener;
    this.#cursor = listener.after;
    this.#run();
  }

  close() {
    this.#stopped.abort();
    this.#skip();
  }

  /** Skips the delay before the next attempt. */
  retryNow() {
    this.#skip();
  }

  async #run() {
    while (!this.#stopped.signal.aborted) {
      let problem;
      try {
        if (await this.#connect()) return this.#listener.onEnd?.();
      } catch (error) {
        if (this.#stopped.signal.aborted) return;
        if (error instanceof TurnlaneProblem && !isTransient(error.status)) return this.#listener.onEnd?.(error);
        problem = error;
      }
      await this.#pause(problem);
    }
  }

  /** Reads one connection. Returns true if the stream has ended. */
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
      watch.reset();
      this.#tries = 0; // a heartbeat, too, shows that the server works
      for (const { id, data, retry } of parser.push(value)) {
        this.#announced = retry;
        const event = data && JSON.parse(data);
        if (!event || event.type === 'cursor') this.#cursor = id || this.#cursor;
        else if (this.#deliver(id, event)) return true;
      }
    }
  }

  #deliver(cursor, event) {
    if (this.#stopped.signal.aborted) return true;
    if (cursor) this.#cursor = cursor;
    this.#listener.onEvent?.(event, cursor);
    return this.#listener.endsWithTurn && TERMINAL.has(event.type);
  }

  #pause(problem) {
    if (this.#stopped.signal.aborted) return undefined;
    // The end of a connection that the server announced is not a failure.
    const delay = this.#announced === null ? backoff(this.#tries++, problem) : spread(this.#announced);
    this.#announced = null;
    this.#state({ state: 'lost', retryAt: Date.now() + delay });
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, delay);
      this.#skip = () => {
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

/** Calls `dead` if nothing arrives for too long. */
function silenceWatch(dead) {
  let last = Date.now();
  const timer = setInterval(() => {
    if (Date.now() - last > SILENCE_LIMIT) dead();
  }, 5_000);
  return {
    reset: () => {
      last = Date.now();
    },
    stop: () => clearInterval(timer),
  };
}

/**
 * Parses a text/event-stream, in pieces of any size, into {id, data, retry}. An id with empty data is a cursor only.
 * `retry` is the announced delay before a reconnect, in milliseconds, or null.
 * https://html.spec.whatwg.org/#parsing-an-event-stream
 */
export class SseParser {
  #rest = '';
  #id = '';
  #data = [];
  #retry = null;

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
    else if (name === 'retry' && /^\d+$/.test(value)) this.#retry = Math.min(Number(value), LONGEST_RETRY);
  }

  #close(events) {
    if (this.#data.length || this.#id || this.#retry !== null) {
      events.push({ id: this.#id, data: this.#data.join('\n'), retry: this.#retry });
    }
    this.#id = '';
    this.#data = [];
    this.#retry = null;
  }
}

/**
 * State of a turn, computed from its events. Ignores duplicates and late events of an earlier attempt. `apply` returns
 * true if the event changed the state. A terminal event of any attempt ends the turn.
 */
export class Turn {
  status = 'queued';
  /** Reason other than earlier turns for which the turn waits: '' or 'waiting_for_agent'. */
  waitReason = '';
  /** The text so far; the whole answer once completed. */
  text = '';
  /** {text, confidence, sources, artifacts, suggestions, tool_calls, usage} once completed; two lists can be absent. */
  answer = null;
  artifacts = [];
  stage = '';
  /** The calls of tools so far: {tool, duration, outcome}, with the duration in seconds. */
  toolCalls = [];
  position = 0;
  /** Estimated seconds until the turn starts, while it waits; null if unknown. */
  estimatedWait = null;
  error = null;
  /** Start of the next attempt, while `retrying`. */
  retryAt = null;
  /** Reason for a cancelled, superseded or rejected turn. */
  reason = '';
  /** Request that replaced a cancelled or superseded turn. */
  by = null;
  attempt = 0;
  /** True if text is missing. Follow the request again from its start (`restart`), or wait for its end. */
  incomplete = false;
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

  /** Applies the state of a request resource. */
  applyRequest(request) {
    if (this.isTerminal) return;
    if (!TERMINAL.has(request.status)) {
      this.status = request.status;
      this.position = request.position ?? 0;
      this.estimatedWait = request.estimated_wait ?? null;
      return;
    }
    this.attempt = request.attempt ?? this.attempt;
    this.#end({ ...request, type: request.status });
  }

  /** Discards the text, to read it again from the first event. */
  restart() {
    if (!this.isTerminal) this.#begin(0);
  }

  #begin(attempt) {
    this.attempt = attempt;
    this.text = '';
    this.artifacts = [];
    this.stage = '';
    this.toolCalls = [];
    this.incomplete = false;
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
      case 'tool_call': {
        this.#running();
        const { tool, duration, outcome } = event;
        this.toolCalls = [...this.toolCalls, { tool, duration, outcome }];
        return true;
      }
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

  /** `pos`: offset of the piece in code points. Overlapping text is dropped, missing text is detected. */
  #delta({ text, pos = this.#length }) {
    if (pos > this.#length) this.incomplete = true;
    if (this.incomplete) return true;
    const fresh = Array.from(text).slice(this.#length - pos);
    this.text += fresh.join('');
    this.#length += fresh.length;
    return fresh.length > 0;
  }

  #queued(event) {
    if (this.status !== 'queued') return false;
    this.position = event.position;
    this.estimatedWait = event.estimated_wait ?? this.estimatedWait;
    this.waitReason = event.reason ?? '';
    return true;
  }

  #gap() {
    this.incomplete = true;
    return true;
  }

  #end(event) {
    this.status = event.type;
    this.answer = event.answer ?? null;
    this.text = this.answer?.text ?? this.text;
    this.artifacts = this.answer?.artifacts ?? this.artifacts;
    this.toolCalls = this.answer?.tool_calls ?? this.toolCalls;
    this.error = event.error ?? null;
    this.reason = event.reason ?? '';
    this.by = event.by ?? null;
    this.retryAt = null;
    this.position = 0;
    this.incomplete = false;
    return true;
  }
}
