import { followLane, whenNoOtherTabFollows } from './origin-locks.js';

/**
 * Decides which tab follows the open turns of a lane in the background. Only one tab does so, until it is closed. If
 * the user opens the lane in this tab, this tab follows it as well.
 */
export class LaneOwnership {
  /** Functions that release a lane for other tabs, by lane; null if this tab does not hold the lane (yet). */
  #held = new Map();

  /** Calls `load` for each lane that was stored with open turns, as soon as no other tab follows it. */
  followEarlier(lanes, load) {
    for (const lane of lanes.filter(({ wasOpen }) => wasOpen)) {
      if (!lane.id) load(lane);
      else whenNoOtherTabFollows(lane.id, (done) => this.#take(lane, done, load));
    }
  }

  /** Holds or releases the lane after a change. */
  changed(lane) {
    const busy = lane.openTurns.length > 0 || lane.asking > 0;
    if (busy && lane.id && !this.#held.has(lane)) {
      this.#held.set(lane, null);
      followLane(lane.id).then((release) => (this.#held.has(lane) ? this.#hold(lane, release) : release?.()));
    } else if (!busy && lane.memory !== 'loading') {
      this.#held.get(lane)?.();
      this.#held.delete(lane);
    }
  }

  async #take(lane, done, load) {
    if (!lane.wasOpen) return done();
    this.#hold(lane, done);
    await load(lane);
    return this.changed(lane);
  }

  #hold(lane, release) {
    if (release) this.#held.set(lane, release);
  }
}
