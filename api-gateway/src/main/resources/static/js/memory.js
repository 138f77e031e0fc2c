import { TurnlaneProblem } from './turnlane-client.js';
import { EarlierTurns } from './earlier-turns.js';
import { LaneTurn } from './lanes.js';

/** Loads a lane from the server: its history, then the turns that are not in the history. */
export async function loadLane(lane, { client, lanes, follower, asking }) {
  if (lane.isDraft || lane.memory === 'loading' || lane.memory === 'known') return;
  lane.memory = 'loading';
  try {
    if (lane.id) {
      merge(lane, await client.turns(lane.id));
      await loadContext(lane, client);
    }
    lane.memory = 'known';
  } catch (error) {
    const forgotten = error instanceof TurnlaneProblem && error.status === 404;
    lane.memory = forgotten ? 'forgotten' : 'unknown';
    if (!forgotten) return;
  }
  lanes.changed(lane);
  if (lane.id) await showNewestRequests(lane, client);
  await loadOtherTurns(lane, follower);
  const unsent = lane.asking > 0 ? [] : lane.unsentTurns;
  for (const turn of unsent) asking.send(lane, turn);
  lanes.keep(lane);
}

/** Loads the session's context. Takes its title, unless the user has given the lane another title in the meantime. */
export async function loadContext(lane, client) {
  lane.context = await client.session(lane.id);
  const title = lane.context.metadata?.title;
  if (lane.renamed === title) lane.renamed = null;
  if (typeof title === 'string' && title && !lane.renamed) lane.title = title;
}

/** Shows failed, cancelled and open turns, which the history does not have. */
async function showNewestRequests(lane, client) {
  const earlier = new EarlierTurns(lane, client);
  try {
    await earlier.showNewest(lane.firstRemembered);
    lane.earlier = earlier;
  } catch {
    // The server has no requests of this session, or does not answer. The turns of this browser are still loaded.
  }
}

function merge(lane, entries) {
  lane.remembered = entries.length;
  lane.firstRemembered = entries[0]?.request_id ?? '';
  for (const entry of entries) {
    let turn = lane.turn(entry.request_id);
    if (!turn) {
      turn = new LaneTurn({ requestId: entry.request_id, question: entry.question, askedAt: Date.parse(entry.timestamp) });
      lane.append(turn);
    }
    if (turn.status === 'unsent') turn.status = 'unknown';
    turn.applyHistory(entry);
  }
  lane.sort();
}

/** Loads the request records of turns that only this browser knows, and follows open turns. */
async function loadOtherTurns(lane, follower) {
  await follower.subscribe(lane);
  for (const turn of [...lane.turns]) {
    if (turn.status === 'unknown') await follower.refresh(lane, turn).catch(() => {});
    if (turn.isOpen && turn.received === 0) follower.follow(lane, turn);
  }
}
