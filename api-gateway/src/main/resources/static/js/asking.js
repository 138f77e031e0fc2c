import { TurnlaneProblem, backoff } from './turnlane-client.js';
import { LaneTurn } from './lanes.js';

/** The delay of an unsent question grows to 8 s. */
const MAX_DOUBLINGS = 4;
/** Reason that the page gives when it cancels a question that its user withdrew. */
export const WITHDRAWN = 'withdrawn';

/**
 * Sends questions. Each question gets its Idempotency-Key before it is first sent. After a lost connection or a reload,
 * the page can therefore send it again, and the gateway still asks it only once.
 */
export class Asking {
  #client;
  #lanes;
  #follower;
  #onQueued;
  /** Functions that end the delays of unsent questions. */
  #delays = new Map();
  /** Agent of new lanes; undefined for the server's default. */
  agent = undefined;

  /** `onQueued(lane, turn)` is called when a question was accepted and has to wait. */
  constructor(client, lanes, follower, { onQueued }) {
    this.#client = client;
    this.#lanes = lanes;
    this.#follower = follower;
    this.#onQueued = onQueued;
  }

  ask(lane, question, policy) {
    const turn = new LaneTurn({ question, policy, agent: lane.agent });
    lane.append(turn);
    this.send(lane, turn);
    return turn;
  }

  /** Sends a question when the lane's earlier questions have been sent. */
  send(lane, turn) {
    lane.asking += 1;
    turn.status = 'unsent';
    this.#lanes.keep(lane, turn);
    lane.sending = lane.sending.then(() => this.#untilAccepted(lane, turn)).finally(() => {
      lane.asking -= 1;
    });
  }

  /**
   * Ends the delays of unsent questions. Unless `all` is true, a delay after an error reply of the server continues.
   */
  retryNow({ all = false } = {}) {
    for (const { skip, answered } of [...this.#delays.values()]) if (all || !answered) skip();
  }

  /**
   * Withdraws a question. If it was never sent, it is dropped at once. Otherwise the server may have it. The page then
   * sends it until the server confirms it, and cancels it after that.
   */
  async withdraw(lane, turn) {
    turn.withdrawn = true;
    if (turn.status === 'unsent' && !turn.sent) lane.drop(turn);
    this.#lanes.keep(lane, turn);
    this.#delays.get(turn)?.skip();
    if (turn.isOpen) await this.#cancel(lane, turn);
  }

  #cancel(lane, turn) {
    return this.#client.cancel(lane.id, turn.requestId, { reason: WITHDRAWN });
  }

  async #untilAccepted(lane, turn) {
    for (let tries = 0; lane.turns.includes(turn); tries++) {
      try {
        return await this.#once(lane, turn);
      } catch (error) {
        if (error instanceof TurnlaneProblem && error.status < 500) return this.#refused(lane, turn, error);
        await this.#pause(lane, turn, backoff(Math.min(tries, MAX_DOUBLINGS), error), error);
      }
    }
  }

  async #once(lane, turn) {
    await this.#createSession(lane);
    const subscribed = await this.#follower.subscribe(lane);
    if (!lane.turns.includes(turn)) return;
    const { policy, agent, key } = turn;
    turn.sent = true;
    this.#lanes.save(lane);
    const request = await this.#client.ask(lane.id, turn.question, { idempotencyKey: key, policy, agent, patience: 0 });
    const loaded = lane.turn(request.request_id);
    if (loaded && loaded !== turn) lane.drop(loaded); // loaded from the server, which had accepted an earlier attempt
    turn.accepted(request);
    if (lane.memory === 'forgotten') this.#named(lane);
    this.#lanes.save(lane);
    // If an earlier attempt was accepted, events of the turn may have been missed.
    this.#follower.follow(lane, turn, { subscribed: subscribed && request.status === 'queued' });
    this.#lanes.changed(lane, turn);
    if (turn.withdrawn) this.#cancel(lane, turn).catch(() => {});
    else if (turn.status === 'queued' && lane.ahead(turn) > 0) this.#onQueued(lane, turn);
  }

  async #createSession(lane) {
    if (lane.id) return;
    const session = await this.#client.createSession({ agent: lane.agent ?? this.agent, metadata: { title: lane.title } });
    const { draft } = lane;
    lane.draft = '';
    lane.id = session.session_id;
    lane.draft = draft;
    lane.context = session;
    lane.memory = 'known';
    this.#lanes.keep(lane);
  }

  /** Sets the title of a session that the question created again on the server. */
  #named(lane) {
    lane.memory = 'known';
    this.#client.changeSession(lane.id, { metadata: { title: lane.title } }).catch(() => {});
  }

  #refused(lane, turn, problem) {
    turn.refused(problem);
    if (turn.withdrawn) lane.drop(turn);
    this.#lanes.keep(lane, turn);
  }

  /** `error`: a TurnlaneProblem if the server replied with an error, another error if no reply arrived. */
  #pause(lane, turn, delay, error) {
    const answered = error instanceof TurnlaneProblem;
    turn.sendAgainAt = Date.now() + delay;
    turn.overloaded = answered && error.code === 'overloaded';
    this.#lanes.changed(lane, turn);
    return new Promise((resolve) => {
      const skip = () => {
        clearTimeout(timer);
        this.#delays.delete(turn);
        turn.sendAgainAt = null;
        this.#lanes.changed(lane, turn);
        resolve();
      };
      const timer = setTimeout(skip, delay);
      this.#delays.set(turn, { skip, answered });
    });
  }
}
