import { Turn, randomKey } from './turnlane-client.js';
import { Drafts } from './drafts.js';

const PREFIX = 'turnlane.lane.';
/** Limits of what the browser stores. The server stores the conversation. */
const MAX_LANES = 100;
const MAX_TURNS = 40;
const MAX_EVENTS = 400;
const TITLE_LENGTH = 80;
/** Maximum difference between the creation times of a session and of its first request, in milliseconds. */
const CLOCK_STEP = 2;

/** A turn on this page. Also has the state of a question that is still being sent. */
export class LaneTurn extends Turn {
  /** A status of the server, or `unsent`, `refused` (not accepted), `unknown` (not loaded yet). */
  status = 'unsent';
  problem = null;
  sendAgainAt = null;
  timeline = null;
  /** Seconds, measured by the server. */
  processingTime = null;
  finishedAt = null;
  /** Time of the last change, number of events, and the first events, which the drawer shows. */
  updatedAt = 0;
  received = 0;
  events = [];
  /** Milliseconds from question to end, measured in this page. */
  seenAfter = null;
  /** True if the user no longer wants this question answered. */
  withdrawn = false;
  /** True if the question was sent at least once, so that the server may have it. */
  sent = false;
  /** True if the server rejected the latest attempt to send the question because it is overloaded. */
  overloaded = false;
  /** True if the user edits the question in the composer again. The page then removes the turn when it is cancelled. */
  edited = false;
  /** Estimated time of the start, while the turn waits. */
  startsAt = null;
  /** True if the answer comes from the history, which has only its text, confidence and sources. */
  isPartial = false;
  /** True if the server still has the request of a turn of the history. */
  isStored = false;

  constructor({ requestId = null, key = randomKey(), question, askedAt = Date.now(), ...how }) {
    super(requestId);
    this.key = key;
    this.question = question;
    this.askedAt = askedAt;
    this.policy = how.policy;
    this.agent = how.agent;
    this.withdrawn = how.withdrawn ?? false;
    this.sent = how.sent ?? false;
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
    if (event.type === 'queued') this.#estimate();
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
    this.#estimate();
    this.processingTime = request.processing_time ?? this.processingTime;
    if (this.isTerminal) this.finishedAt ??= request.finished_at;
  }

  #estimate() {
    this.startsAt = this.estimatedWait == null ? null : Date.now() + this.estimatedWait * 1000;
  }

  /** Applies an entry of the session's history. Its question includes the questions that were merged into it. */
  applyHistory(entry) {
    this.question ||= entry.question;
    this.isPartial = !this.isTerminal;
    this.applyRequest({
      ...entry,
      status: entry.status ?? 'completed',
      finished_at: entry.timestamp,
      answer: entry.answer == null ? null : { text: entry.answer, confidence: entry.confidence, sources: entry.sources ?? [] },
    });
  }

  /** Adds what the history does not have, from the request resource. */
  complete({ answer }) {
    if (!answer) return;
    this.answer = answer;
    this.artifacts = answer.artifacts ?? [];
    this.toolCalls = answer.tool_calls ?? [];
  }
}

/** A session in this browser. `id` is null until its first question is sent. */
export class Lane {
  turns = [];
  unread = false;
  /** Agent that the user chose, or undefined. */
  agent = undefined;
  /** The session's context on the server, if loaded. */
  context = null;
  /** Number of turns in the history that the server returned, and the request id of the first of them. */
  remembered = 0;
  firstRemembered = '';
  /** The turns that are not in the history (EarlierTurns), or null if not loaded. */
  earlier = null;
  /** Title that the user has given; null once the server has it. */
  renamed = null;
  /** State of loading the history: unknown, loading, known, forgotten (the server has none). */
  memory = 'unknown';
  /** Questions are sent one after another, so that they enter the log in order. */
  sending = Promise.resolve();
  asking = 0;
  /** Events that arrived before the reply that has their request id. */
  early = [];
  scrollTop = null;

  constructor({ id = null, title = '', createdAt = Date.now(), answeredAt = null, agent } = {}) {
    this.id = id;
    this.agent = agent;
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

  get unsentTurns() {
    return this.turns.filter((turn) => turn.status === 'unsent');
  }

  /** True if turns of the lane were open when it was last stored. */
  get wasOpen() {
    return this.turns.some((turn) => turn.wasOpen);
  }

  /** Draft of the next question. It survives a reload. */
  get draft() {
    return Drafts.read(this);
  }

  set draft(text) {
    Drafts.write(this, text);
  }

  /** Time at which the server deletes the session if nobody uses it, or null if unknown or in use. */
  get expiresAt() {
    if (!this.context || this.openTurns.length > 0) return null;
    const used = Math.max(Date.parse(this.context.last_activity) || 0, this.answeredAt ?? 0);
    return used + this.context.ttl_seconds * 1000;
  }

  /** True if the turn is older than the session, because it was copied or imported. */
  isCopied({ requestId }) {
    return requestId !== null && timeOf(requestId) < Date.parse(this.context?.created_at) - CLOCK_STEP;
  }

  /** Returns the turns that were merged into this one, oldest first. */
  mergedInto({ requestId }) {
    return requestId ? this.turns.filter((turn) => turn.status === 'superseded' && turn.by === requestId) : [];
  }

  turn(requestId) {
    return this.turns.find((turn) => turn.requestId === requestId);
  }

  append(turn) {
    this.title ||= titleOf(turn.question);
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
    const { id, title, createdAt, answeredAt, agent } = this;
    const turns = this.turns.filter((turn) => turn.status !== 'refused').slice(-MAX_TURNS);
    return {
      id, title, createdAt, answeredAt, agent,
      turns: turns.map(({ requestId, key, question, policy, agent: by, askedAt, isTerminal, withdrawn, sent }) => (
        { requestId, key, question, policy, agent: by, askedAt, isTerminal, withdrawn, sent })),
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

/** Returns the time in a request id, which is a UUIDv7. */
function timeOf(requestId) {
  return Number.parseInt(requestId.replace('-', '').slice(0, 12), 16);
}

/** Returns a title made of a question. */
export function titleOf(question) {
  return question.trim().replace(/\s+/g, ' ').slice(0, TITLE_LENGTH);
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

  /**
   * Applies a change that another tab stored. Ignores its turns if this tab has loaded the lane, because it receives
   * their events.
   */
  #takeOver(known, { title, answeredAt, turns }) {
    known.title = title;
    known.answeredAt = answeredAt;
    if (known.memory === 'unknown' && known.asking === 0) known.turns = turns;
  }

  #order() {
    this.#lanes.sort((a, b) => b.createdAt - a.createdAt);
  }

  #onStorage(key, value) {
    const known = this.find(key.slice(PREFIX.length));
    if (known && !value) {
      this.#lanes = this.#lanes.filter((lane) => lane !== known);
      this.changed(known);
    } else if (value) {
      const lane = read(localStorage, key);
      if (!lane) return;
      if (known) this.#takeOver(known, lane);
      else this.#lanes.push(lane);
      this.#order();
      this.changed(known ?? lane);
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
