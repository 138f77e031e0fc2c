import { TurnlaneProblem, backoff } from './turnlane-client.js';
import { LaneTurn } from './lanes.js';

/**
 * Sends questions. A question has its Idempotency-Key before it is first sent. So it can be sent again, after lost
 * connections and reloads, and is still asked once.
 */
export class Asking {
  #client;
  #lanes;
  #follower;
  /** Agent of new lanes; undefined for the server's default. */
  agent = undefined;

  constructor(client, lanes, follower) {
    this.#client = client;
    this.#lanes = lanes;
    this.#follower = follower;
  }

  ask(lane, question, policy) {
    const turn = new LaneTurn({ question, policy });
    lane.append(turn);
    this.send(lane, turn);
    return turn;
  }

  /** Sends a question after the unsent ones of its lane. */
  send(lane, turn) {
    lane.asking += 1;
    turn.status = 'unsent';
    this.#lanes.keep(lane, turn);
    lane.sending = lane.sending.then(() => this.#untilAccepted(lane, turn)).finally(() => {
      lane.asking -= 1;
    });
  }

  async #untilAccepted(lane, turn) {
    for (let tries = 0; ; tries++) {
      try {
        return await this.#once(lane, turn);
      } catch (error) {
        if (error instanceof TurnlaneProblem && error.status < 500) return this.#refused(lane, turn, error);
        await this.#pause(lane, turn, backoff(tries, error));
      }
    }
  }

  async #once(lane, turn) {
    await this.#createSession(lane);
    const subscribed = await this.#follower.subscribe(lane);
    const { policy, key } = turn;
    const request = await this.#client.ask(lane.id, turn.question, { idempotencyKey: key, policy, patience: 0 });
    turn.accepted(request);
    if (lane.memory === 'forgotten') lane.memory = 'known';
    this.#lanes.save(lane);
    // If an earlier attempt was accepted, events of the turn may have been missed.
    this.#follower.follow(lane, turn, { subscribed: subscribed && request.status === 'queued' });
    this.#lanes.changed(lane, turn);
  }

  async #createSession(lane) {
    if (lane.id) return;
    const session = await this.#client.createSession({ agent: this.agent });
    lane.id = session.session_id;
    lane.memory = 'known';
    this.#lanes.keep(lane);
  }

  #refused(lane, turn, problem) {
    turn.refused(problem);
    this.#lanes.keep(lane, turn);
  }

  #pause(lane, turn, delay) {
    turn.sendAgainAt = Date.now() + delay;
    this.#lanes.changed(lane, turn);
    return new Promise((resolve) => setTimeout(resolve, delay));
  }
}
