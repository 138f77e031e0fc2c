import { Lane, titleOf } from './lanes.js';

/** Seconds for which the server may take to copy a session. */
const PATIENCE = 20;

/**
 * Opens a new lane that has the conversation up to a turn, but not the turn itself: to answer its question again, or to
 * ask another one. The old lane stays as it is.
 */
export async function branch(client, lanes, lane, turn) {
  const before = lane.turns.slice(0, lane.turns.indexOf(turn)).findLast((each) => each.status === 'completed');
  const title = titleOf(turn.question);
  const { agent } = lane;
  if (!before) return lanes.add(new Lane({ title, agent }));
  const { session_id: id, request_id: copied } = await client.fork(lane.id, { after_request_id: before.requestId });
  const { status, error } = await client.request(id, copied, { wait: PATIENCE });
  if (status !== 'completed') throw new Error(error?.message ?? 'The server has not copied the lane yet.');
  const fork = new Lane({ id, title, agent });
  fork.renamed = title;
  client.changeSession(id, { metadata: { title } }).catch(() => {});
  return lanes.add(fork);
}
