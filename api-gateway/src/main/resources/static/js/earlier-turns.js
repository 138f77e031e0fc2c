import { WITHDRAWN } from './asking.js';
import { LaneTurn } from './lanes.js';

/** Number of turns that one click shows. */
const STEP = 10;
const PAGE = 50;

/**
 * The turns of a lane that are not in its history: failed and cancelled ones, and those from before the history. The
 * server lists them as requests, newest first, as long as it keeps requests.
 */
export class EarlierTurns {
  #lane;
  #client;
  /** The requests that were loaded, newest first. */
  #listed = [];
  #next = null;

  constructor(lane, client) {
    this.#lane = lane;
    this.#client = client;
  }

  /** True if the server has turns that are not shown. */
  get hasMore() {
    return this.#hidden.length > 0 || this.#next !== null;
  }

  get #hidden() {
    return this.#listed.filter(({ request_id: id }) => !this.#lane.turn(id));
  }

  /** Shows the newest turns, down to the first turn of the history, and the state of turns that are shown already. */
  async showNewest(firstOfHistory) {
    await this.#loadPage();
    await this.#show(this.#listed.filter(({ request_id: id }) => id >= firstOfHistory || this.#lane.turn(id)));
  }

  /** Shows turns before the shown ones. Returns them, oldest first. */
  async showMore() {
    while (this.#hidden.length < STEP && this.#next !== null) await this.#loadPage(this.#next);
    return this.#show(this.#hidden.slice(0, STEP));
  }

  async #loadPage(cursor) {
    const { requests, next } = await this.#client.requests(this.#lane.id, { limit: PAGE, cursor });
    this.#next = next;
    this.#listed.push(...requests.filter(isShown));
  }

  async #show(requests) {
    // If the reply to a question was lost, this tab sends the question again and then receives its request.
    const unsent = new Set(this.#lane.unsentTurns.map(({ question }) => question));
    const wanted = requests.filter(({ question }) => !unsent.has(question));
    // Oldest first, because the first question that a lane gets becomes its title.
    const turns = await Promise.all(wanted.reverse().map((request) => this.#load(request)));
    this.#lane.sort();
    return turns;
  }

  /** Returns the turn of a request. The list has no answers, so the answer of a completed turn is loaded separately. */
  async #load({ request_id: requestId, ...listed }) {
    const known = this.#lane.turn(requestId);
    if (known) known.isStored = true;
    if (known?.isTerminal) return known;
    const request = listed.status === 'completed' ? await this.#client.request(this.#lane.id, requestId) : listed;
    const turn = known ?? new LaneTurn({ requestId, question: request.question, askedAt: Date.parse(request.created_at) });
    if (!known) this.#lane.append(turn);
    turn.applyRequest(request);
    return turn;
  }
}

/** Hides requests that change the session, because they are no questions, and questions that the user withdrew. */
function isShown({ type, reason }) {
  return type === undefined && reason !== WITHDRAWN;
}
