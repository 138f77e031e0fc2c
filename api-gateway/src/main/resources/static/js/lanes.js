import { Turn, randomKey } from './turnlane-client.js';

const PREFIX = 'turnlane.lane.';
/** Limits of what the browser stores. The server stores the conversation. */
const MAX_LANES = 100;
const MAX_TURNS = 40;
const MAX_EVENTS = 400;
const TITLE_LENGTH = 80;

/** A turn on this page, including the sending of its question. */
export class LaneTurn extends Turn {
  /** A status of the server, or `unsent`, `refused` (not accepted), `unknown` (not loaded yet). */
  status = 'unsent';
  problem = null;
  sendAgainAt = null;
  timeline = null;
  /** Seconds, measured by the server. */
  processingTime = null;
  finishedAt = null;
  /** Time of the last change, number of events, and the first events for the drawer. */
  updatedAt = 0;
  received = 0;
  events = [];
  /** Milliseconds from question to end, measured in this page. */
  seenAfter = null;

  constructor({ requestId = null, key = randomKey(), question, askedAt = Date.now(), policy }) {
    super(requestId);
    this.key = key;
    this.question = question;
    this.askedAt = askedAt;
    this.policy = policy;
  }

  get isOpen() {
    return this.status === 'queued' || this.status === 'running' || this.status === 'retrying';
  }

  accepted(request) {
    this.requestId = request.request_id;
    this.status = 'queued';
    this.sendAgainAt = null;
    this.applyRequest(request);
  }

  refused(problem) {
    this.status = 'refused';
    this.problem = problem;
    this.sendAgainAt = null;
  }

  receive(event) {
    this.updatedAt = Date.now();
    if (!this.apply(event)) return false;
    this.received += 1;
    if (this.events.length < MAX_EVENTS) this.events.push(event);
    if (this.isTerminal) {
      this.finishedAt = event.at;
      this.seenAfter = Date.now() - this.askedAt;
    }
    return true;
  }

  /** Applies a request resource. */
  applyRequest(request) {
    super.applyRequest(request);
    this.updatedAt = Date.now();
    this.processingTime = request.processing_time ?? this.processingTime;
    if (this.isTerminal) this.finishedAt ??= request.finished_at;
  }

  /** Applies an entry of the session's history. */
  applyHistory(entry) {
    this.question = entry.question;
    this.applyRequest({
      ...entry,
      status: entry.status ?? 'completed',
      finished_at: entry.timestamp,
      answer: entry.answer == null ? null : { text: entry.answer, confidence: entry.confidence, sources: entry.sources ?? [] },
    });
  }
}

/** A session in this browser. `id` is null until its first question is sent. */
export class Lane {
  turns = [];
  unread = false;
  draft = '';
  /** State of loading the history: unknown, loading, known, forgotten (the server has none). */
  memory = 'unknown';
  /** Questions are sent one after another, so that they enter the log in order. */
  sending = Promise.resolve();
  asking = 0;
  /** Events that arrived before the reply that has their request id. */
  early = [];
  scrollTop = null;

  constructor({ id = null, title = '', createdAt = Date.now(), answeredAt = null } = {}) {
    this.id = id;
    this.title = title;
    this.createdAt = createdAt;
    this.answeredAt = answeredAt;
  }

  get isDraft() {
    return this.id === null && this.turns.length === 0;
  }

  get openTurns() {
    return this.turns.filter((turn) => turn.isOpen);
  }

  turn(requestId) {
    return this.turns.find((turn) => turn.requestId === requestId);
  }

  append(turn) {
    this.title ||= turn.question.trim().replace(/\s+/g, ' ').slice(0, TITLE_LENGTH);
    this.turns.push(turn);
  }

  drop(turn) {
    this.turns = this.turns.filter((other) => other !== turn);
  }

  /** Returns the number of turns ahead of this one. */
  ahead(turn) {
    const before = this.turns.slice(0, this.turns.indexOf(turn));
    return before.filter((other) => other.isOpen || other.status === 'unsent').length;
  }

  /** Sorts by request id. Ids are UUIDv7 and thus in order of time; turns without one come last. */
  sort() {
    const id = (turn) => turn.requestId ?? '~';
    this.turns.sort((a, b) => (id(a) < id(b) ? -1 : id(a) > id(b) ? 1 : 0));
  }

  toRecord() {
    const { id, title, createdAt, answeredAt } = this;
    const turns = this.turns.filter((turn) => turn.status !== 'refused').slice(-MAX_TURNS);
    return {
      id, title, createdAt, answeredAt,
      turns: turns.map(({ requestId, key, question, policy, askedAt, isTerminal }) => ({ requestId, key, question, policy, askedAt, isTerminal })),
    };
  }

  static fromRecord(record) {
    const lane = new Lane(record);
    for (const stored of record.turns ?? []) {
      const turn = new LaneTurn(stored);
      if (stored.requestId) turn.status = 'unknown';
      turn.wasOpen = !stored.isTerminal;
      lane.turns.push(turn);
    }
    return lane;
  }
}

/**
 * The lanes of this browser, newest first. Each has its own key in localStorage, so that tabs do not overwrite each
 * other's lanes. A lane without an id stays in its tab, because two tabs would create two sessions for it.
 * Listeners are called with (lane, turn or null) after a change.
 */
export class Lanes {
  #lanes = [localStorage, sessionStorage].flatMap(readAll);
  #listeners = [];

  constructor() {
    this.#order();
    window.addEventListener('storage', ({ key, newValue }) => key?.startsWith(PREFIX) && this.#onStorage(key, newValue));
  }

  get all() {
    return this.#lanes;
  }

  find(id) {
    return this.#lanes.find((lane) => lane.id === id);
  }

  onChange(listener) {
    this.#listeners.push(listener);
  }

  changed(lane, turn = null) {
    for (const listener of this.#listeners) listener(lane, turn);
  }

  /** Returns the lane without questions; there is at most one. */
  draft() {
    const existing = this.#lanes.find((lane) => lane.isDraft);
    return existing ?? this.add(new Lane());
  }

  add(lane) {
    this.#lanes.unshift(lane);
    this.#order();
    for (const old of this.#lanes.splice(MAX_LANES)) this.#unsave(old);
    this.keep(lane);
    return lane;
  }

  remove(lane) {
    this.#lanes = this.#lanes.filter((other) => other !== lane);
    this.#unsave(lane);
    this.changed(lane);
  }

  /** Saves the lane and calls the listeners. */
  keep(lane, turn) {
    this.save(lane);
    this.changed(lane, turn);
  }

  save(lane) {
    if (lane.isDraft || !this.#lanes.includes(lane)) return;
    sessionStorage.removeItem(PREFIX + lane.createdAt);
    try {
      if (lane.id) localStorage.setItem(PREFIX + lane.id, JSON.stringify(lane.toRecord()));
      else sessionStorage.setItem(PREFIX + lane.createdAt, JSON.stringify(lane.toRecord()));
    } catch {
      // Storage is full or not allowed: the lane is lost with the page.
    }
  }

  #unsave(lane) {
    sessionStorage.removeItem(PREFIX + lane.createdAt);
    localStorage.removeItem(PREFIX + lane.id);
  }

  #order() {
    this.#lanes.sort((a, b) => b.createdAt - a.createdAt);
  }

  #onStorage(key, value) {
    const known = this.find(key.slice(PREFIX.length));
    if (known && !value) {
      this.#lanes = this.#lanes.filter((lane) => lane !== known);
      this.changed(known);
    } else if (!known && value) {
      const lane = read(localStorage, key);
      if (lane) this.#lanes.push(lane);
      this.#order();
      this.changed(lane);
    }
  }
}

function readAll(storage) {
  const keys = Object.keys(storage).filter((key) => key.startsWith(PREFIX));
  return keys.map((key) => read(storage, key)).filter((lane) => lane && !lane.isDraft);
}

function read(storage, key) {
  try {
    return Lane.fromRecord(JSON.parse(storage.getItem(key)));
  } catch {
    return null;
  }
}
