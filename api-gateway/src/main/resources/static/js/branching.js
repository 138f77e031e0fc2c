import { Lane, titleOf } from './lanes.js';
import { TurnlaneProblem } from './turnlane-client.js';

/** Maximum time for the server to copy a session, in seconds. */
const PATIENCE = 20;

/**
 * Opens a new lane that has the turns before the given turn. In this lane, its question can be answered again or
 * replaced by another one. The old lane is unchanged.
 */
export async function branch(client, lanes, lane, turn) {
  const before = lane.turns.slice(0, lane.turns.indexOf(turn)).findLast((each) => each.status === 'completed');
  const title = titleOf(turn.question);
  const { agent } = lane;
  if (!before) return lanes.add(new Lane({ title, agent }));
  const { session_id: id, request_id: copied } = await client.fork(lane.id, { after_request_id: before.requestId });
  const { status, error } = await client.request(id, copied, { wait: PATIENCE });
  if (status !== 'completed') {
    throw new TurnlaneProblem(200, { code: error?.code, detail: error?.message ?? 'The server has not copied the lane yet.' });
  }
  const fork = new Lane({ id, title, agent });
  fork.renamed = title;
  client.changeSession(id, { metadata: { title } }).catch(() => {});
  return lanes.add(fork);
}
