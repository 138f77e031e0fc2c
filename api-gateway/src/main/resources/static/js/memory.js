import { TurnlaneProblem } from './turnlane-client.js';
import { LaneTurn } from './lanes.js';

/** Reads a lane's conversation back from the server: its history, then the turns that history doesn't hold. */
export async function recall(lane, { client, lanes, follower, asking }) {
  if (lane.isDraft || lane.memory === 'loading' || lane.memory === 'known') return;
  lane.memory = 'loading';
  try {
    if (lane.id) merge(lane, await client.turns(lane.id));
    lane.memory = 'known';
  } catch (error) {
    const forgotten = error instanceof TurnlaneProblem && error.status === 404;
    lane.memory = forgotten ? 'forgotten' : 'unknown';
    if (!forgotten) return;
  }
  lanes.changed(lane);
  await readRest(lane, follower);
  const unsent = lane.asking > 0 ? [] : lane.turns.filter((turn) => turn.status === 'unsent');
  for (const turn of unsent) asking.send(lane, turn);
  lanes.keep(lane);
}

function merge(lane, entries) {
  for (const entry of entries) {
    let turn = lane.turn(entry.request_id);
    if (!turn) {
      turn = new LaneTurn({ requestId: entry.request_id, question: entry.question, askedAt: Date.parse(entry.timestamp) });
      lane.append(turn);
    }
    if (turn.status === 'unsent') turn.status = 'unknown';
    turn.recall(entry);
  }
  lane.sort();
}

/** Turns that failed, are under way, or are older than the history: their request records outlive it. */
async function readRest(lane, follower) {
  await follower.listen(lane);
  for (const turn of [...lane.turns]) {
    if (turn.status === 'unknown') await follower.settle(lane, turn).catch(() => {});
    if (turn.isOpen && turn.heard === 0) follower.follow(lane, turn);
  }
}
