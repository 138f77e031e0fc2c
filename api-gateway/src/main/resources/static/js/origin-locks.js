/**
 * Locks that all tabs of this origin share. The browser releases the locks of a closed tab. Browsers offer such locks
 * only on https and localhost. Without them, each tab acts as if it were the only one.
 */
const STREAM = 'turnlane.stream.';
const LANE = 'turnlane.lane.';
/** Streams of all tabs together: half of the six connections that a browser allows to a host. */
const STREAMS = 3;
const own = new Set();

/** Reserves one of the streams. Resolves to a function that releases it, or to null if all streams are in use. */
export async function streamSlot() {
  for (let i = 0; i < (navigator.locks ? STREAMS : 1); i++) {
    const release = await free(STREAM + i);
    if (release) return release;
  }
  return null;
}

/**
 * Waits until no other tab follows the lane, and locks it for this tab. Then calls `follow(done)`; `done` releases the
 * lane.
 */
export async function whenNoOtherTabFollows(laneId, follow) {
  if (!navigator.locks) return follow(() => {});
  return navigator.locks.request(LANE + laneId, () => new Promise(follow)).catch(() => {});
}

/** Locks the lane for this tab. Resolves to a function that releases the lane, or to null if another tab follows it. */
export function followLane(laneId) {
  return free(LANE + laneId);
}

async function free(name) {
  if (!navigator.locks) {
    if (own.has(name)) return null;
    own.add(name);
    return () => own.delete(name);
  }
  return new Promise((resolve) => {
    navigator.locks.request(name, { ifAvailable: true }, (lock) => (lock ? new Promise(resolve) : resolve(null)))
      .catch(() => resolve(null));
  });
}
