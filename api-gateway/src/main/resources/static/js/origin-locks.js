/**
 * Locks that all tabs of this origin share. The browser releases the locks of a closed tab. It offers them only on
 * https and localhost; elsewhere each tab counts for itself.
 */
const STREAM = 'turnlane.stream.';
const LANE = 'turnlane.lane.';
/** Streams of all tabs together: half of the six connections that a browser allows to a host. */
const STREAMS = 3;
const own = new Set();

/** Takes the right to open a stream. Resolves to a function that releases it, or null if all are taken. */
export async function streamSlot() {
  for (let i = 0; i < (navigator.locks ? STREAMS : 1); i++) {
    const release = await free(STREAM + i);
    if (release) return release;
  }
  return null;
}

/** Calls `follow` once no other tab follows the lane, at once if none does. Until `done` is called, no other tab does. */
export async function whenNoOtherTabFollows(laneId, follow) {
  if (!navigator.locks) return follow(() => {});
  return navigator.locks.request(LANE + laneId, () => new Promise(follow)).catch(() => {});
}

/**
 * Claims the lane for this tab. Resolves to a function that releases the lane, or to null if another tab follows it.
 */
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
