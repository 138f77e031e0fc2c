import { Turn, randomKey } from './turnlane-client.js';

const PREFIX = 'turnlane.lane.';
/** Lanes and turns a browser remembers; the server keeps the conversation itself. */
const MOST_LANES = 100;
const MOST_TURNS = 40;
const MOST_EVENTS = 400;
const TITLE_LENGTH = 80;

/** A turn as this page holds it: what its events add up to, and how its question got on its way. */
export class LaneTurn extends Turn {
  /** Besides the server's statuses: `unsent`, `refused` (it never entered the lane), `unknown` (not read back yet). */
  status = 'unsent';
  problem = null;
  sendAgainAt = null;
  timeline = null;
  /** Seconds, as the server measured. */
  processingTime = null;
  finishedAt = null;
  /** When the last event came, and how many; the raw ones are kept for the drawer. */
  heardAt = 0;
  heard = 0;
  events = [];
  /** Milliseconds from asking to the end, as seen in this page. */
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
    this.settle(request);
  }

  refused(problem) {
    this.status = 'refused';
    this.problem = problem;
    this.sendAgainAt = null;
  }

  hear(event) {
    this.heardAt = Date.now();
    if (!this.apply(event)) return false;
    this.heard += 1;
    if (this.events.length < MOST_EVENTS) this.events.push(event);
    if (this.isTerminal) {
      this.finishedAt = event.at;
      this.seenAfter = Date.now() - this.askedAt;
    }
    return true;
  }

  /** Takes over a request resource. */
  settle(request) {
    super.settle(request);
    this.heardAt = Date.now();
    this.processingTime = request.processing_time ?? this.processingTime;
    if (this.isTerminal) this.finishedAt ??= request.finished_at;
  }

  /** Takes over an entry of the session's history. */
  recall(entry) {
    this.question = entry.question;
    this.settle({
      ...entry,
      status: entry.status ?? 'completed',
      finished_at: entry.timestamp,
      answer: entry.answer == null ? null : { text: entry.answer, confidence: entry.confidence, sources: entry.sources ?? [] },
    });
  }
}

/** A session as this browser holds it. `id` is null until its first question is asked. */
export class Lane {
  turns = [];
  unread = false;
  draft = '';
  /** Whether the server's history was read: unknown, loading, known, forgotten. */
  memory = 'unknown';
  /** Questions leave one after another, so that they enter the log in the order they were asked. */
  sending = Promise.resolve();
  asking = 0;
  /** Events that came before the reply that names their turn. */
  early = [];
  place = null;

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

  /** How many turns of this lane come before this one. */
  ahead(turn) {
    const before = this.turns.slice(0, this.turns.indexOf(turn));
    return before.filter((other) => other.isOpen || other.status === 'unsent').length;
  }

  /** Request ids are UUIDv7: their order is the order of asking. What has none yet comes last. */
  sort() {
    const place = (turn) => turn.requestId ?? '~';
    this.turns.sort((a, b) => (place(a) < place(b) ? -1 : place(a) > place(b) ? 1 : 0));
  }

  toRecord() {
    const { id, title, createdAt, answeredAt } = this;
    const turns = this.turns.filter((turn) => turn.status !== 'refused').slice(-MOST_TURNS);
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
 * This browser's lanes, newest first. Each has its own key in localStorage, so that two tabs don't undo
 * each other's work; until it has an id it is its tab's alone, for two would make two sessions of it.
 * Listeners get (lane, turn or null) after a change.
 */
export class Lanes {
  #lanes = [localStorage, sessionStorage].flatMap(readAll);
  #listeners = [];

  constructor() {
    this.#order();
    window.addEventListener('storage', ({ key, newValue }) => key?.startsWith(PREFIX) && this.#fromOtherTab(key, newValue));
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

  /** The lane that waits for its first question; there is at most one. */
  draft() {
    const existing = this.#lanes.find((lane) => lane.isDraft);
    return existing ?? this.add(new Lane());
  }

  add(lane) {
    this.#lanes.unshift(lane);
    this.#order();
    for (const old of this.#lanes.splice(MOST_LANES)) this.#forget(old);
    this.keep(lane);
    return lane;
  }

  remove(lane) {
    this.#lanes = this.#lanes.filter((other) => other !== lane);
    this.#forget(lane);
    this.changed(lane);
  }

  /** Saves it and tells of it. */
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
      // Storage is full or closed to us: the lane lives as long as the page does.
    }
  }

  #forget(lane) {
    sessionStorage.removeItem(PREFIX + lane.createdAt);
    localStorage.removeItem(PREFIX + lane.id);
  }

  #order() {
    this.#lanes.sort((a, b) => b.createdAt - a.createdAt);
  }

  #fromOtherTab(key, value) {
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
