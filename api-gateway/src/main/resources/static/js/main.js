import { Turnlane } from './turnlane-client.js';
import { Access } from './access.js';
import { Asking } from './asking.js';
import { branch } from './branching.js';
import { Composer } from './composer.js';
import { Conversation, showAgent } from './conversation.js';
import { Drawer } from './drawer.js';
import { Follower } from './follower.js';
import { Lane, Lanes } from './lanes.js';
import { LaneBar } from './lane-bar.js';
import { LaneList } from './lane-list.js';
import { LaneOwnership } from './lane-ownership.js';
import { loadContext, loadLane } from './memory.js';
import { ServerLanes } from './server-lanes.js';
import { ConnectionBand, Undo, announce, listenToKeys, addressOf, readAddress, themeSwitch } from './shell.js';
import { byId, icon, oncePerFrame, setText } from './dom.js';
import { cause, effect, outcome, plural, queued } from './words.js';

const UNDO_TIME = 5_000;
const ANNOUNCED_LENGTH = 600;
const NARROW = matchMedia('(max-width: 760px)');

const access = new Access();
const client = new Turnlane({ headers: access.headers, refused: access.refused });
const lanes = new Lanes();
const band = new ConnectionBand(() => {
  follower.retryNow();
  asking.retryNow({ all: true });
});
const undo = new Undo(UNDO_TIME);
const drawer = new Drawer();
const follower = new Follower(client, lanes, {
  socketUrl: new URL('/v1/ws', location.href).href.replace(/^http/, 'ws'),
  protocols: () => access.protocols(client),
  onConnection,
  onFinished,
});
const asking = new Asking(client, lanes, follower, { onQueued });
const ownership = new LaneOwnership();
const conversation = new Conversation({
  ask: (question) => ask(current, question), askAgain, branch: branchOff, complete, copy, copyLink, edit, inspect, onEarlier,
  timeline, withdraw,
});
const composer = new Composer({ onAsk: ask, onStop: stop, onMenu: refreshAgents, onAgent: showChosenAgent });
const laneBar = new LaneBar(client, lanes, { onDelete: remove, say });
const serverLanes = new ServerLanes(client, lanes, { onFind: () => list.update() });
const list = new LaneList(lanes, {
  connected: () => follower.connected, finds: (title) => serverLanes.finds(title), onDelete: remove, onOpen: openFromList,
});
const refreshList = oncePerFrame(() => list.update());

let current = null;
let linked = null;

start();

function start() {
  themeSwitch();
  lanes.onChange(changed);
  openAddress();
  window.addEventListener('hashchange', openAddress);
  byId('new-lane').onclick = newLane;
  byId('new-lane-top').onclick = newLane;
  byId('open-lanes').onclick = () => toggleSheet(true);
  for (const id of ['backdrop', 'close-lanes']) byId(id).onclick = () => toggleSheet(false);
  byId('show-keys').onclick = showKeys;
  NARROW.addEventListener('change', () => toggleSheet(false));
  listenToKeys({
    '/': () => composer.focus(), n: newLane, '[': () => step(-1), ']': () => step(1), '?': showKeys, Escape: escape,
  });
  ownership.followEarlier(lanes.all, load);
  loadAgents();
  if (!NARROW.matches) composer.focus();
}

/* ---- the shown lane ---- */

function open(lane, { remember = true } = {}) {
  const before = current;
  current = lane;
  lane.unread = false;
  if (before?.isDraft && before !== lane && !before.draft) lanes.remove(before);
  if (remember && location.hash !== addressOf(lane)) history.pushState(null, '', addressOf(lane));
  laneBar.show(lane);
  drawer.close();
  conversation.show(lane);
  composer.show(lane);
  showChosenAgent();
  list.show(lane);
  follower.show(lane);
  load(lane);
}

function openAddress() {
  const { sessionId, requestId } = readAddress();
  linked = requestId;
  const lane = lanes.find(sessionId) ?? (sessionId ? lanes.add(new Lane({ id: sessionId })) : lanes.draft());
  open(lane, { remember: false });
  if (linked && conversation.reveal(linked)) linked = null;
}

function openFromList(lane, event) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  open(lane);
  toggleSheet(false);
}

function newLane() {
  open(lanes.draft());
  toggleSheet(false);
  composer.focus();
}

function step(by) {
  const next = lanes.all[lanes.all.indexOf(current) + by];
  if (next) open(next);
}

function remove(lane) {
  const index = lanes.all.indexOf(lane);
  lanes.remove(lane);
  const next = lanes.all[Math.min(index, lanes.all.length - 1)] ?? lanes.draft();
  if (lane === current) open(next);
  list.update();
  list.focus(next);
  undo.offer('Lane deleted.', {
    undo: () => open(lanes.add(lane)),
    then: () => {
      follower.unsubscribe(lane);
      if (lane.id) client.deleteSession(lane.id, { keepalive: true }).catch(() => {});
    },
  });
}

/* ---- asking ---- */

function ask(lane, question, policy) {
  announceStops(lane, policy);
  asking.ask(lane, question, policy);
  conversation.toEnd();
}

/** Announces that a question with this policy ends other turns. */
function announceStops(lane, policy) {
  const running = lane.openTurns.filter((turn) => turn.status !== 'queued').length;
  const waiting = lane.openTurns.length - running + lane.unsentTurns.length;
  if ((policy === 'interrupt' || policy === 'rollback') && running + waiting > 0) announce(effect(policy, { running, waiting }));
}

/** Announces that earlier turns were shown, or says that they could not be loaded. */
function onEarlier(lane, count, error) {
  if (error) return say(`The earlier turns could not be loaded: ${cause(error)}`);
  lanes.save(lane);
  return announce(count > 0 ? `${plural(count, 'earlier turn')} shown above.` : 'There are no more earlier turns.');
}

function onQueued(lane, turn) {
  if (lane === current && !turn.policy) announce(queued(lane.ahead(turn), turn.startsAt));
}

/** Withdraws a question that waits. `edit`: puts it into the composer again. */
async function withdraw(turn, { edit: again = false } = {}) {
  turn.edited = again;
  if (again) composer.edit(turn.question);
  try {
    await asking.withdraw(current, turn);
  } catch {
    turn.withdrawn = false;
    turn.edited = false;
    lanes.changed(current, turn);
    say('The question could not be withdrawn. Try again.');
  }
}

/** Answers the question of a turn again, or lets the user edit it, in a new lane with the turns before it. */
async function branchOff(turn, { edit: again = false } = {}) {
  const lane = current;
  announce('Copying the lane…');
  try {
    open(await branch(client, lanes, lane, turn));
    if (again) composer.edit(turn.question);
    else ask(current, turn.question);
  } catch (error) {
    const why = error.status === 404 ? 'the server no longer has the turns before this one.' : cause(error);
    say(`The new lane could not be created: ${why}`);
  }
}

function askAgain(turn) {
  if (turn.status === 'refused') current.drop(turn);
  ask(current, turn.question);
}

function edit(turn) {
  if (turn.status === 'refused') {
    current.drop(turn);
    lanes.changed(current);
  }
  composer.edit(turn.question);
}

function stop(lane) {
  const turn = lane.openTurns[0];
  if (turn) client.cancel(lane.id, turn.requestId).catch(() => say('The turn could not be stopped. Try again.'));
}

/* ---- changes ---- */

function changed(lane, turn) {
  refreshList();
  if (lane) ownership.changed(lane);
  if (lane !== current) return;
  if (!lanes.all.includes(lane)) return open(lanes.all[0] ?? lanes.draft());
  // Adds the id of a new lane to the address. If the address already names a lane, it stays unchanged.
  if (lane.id && !readAddress().sessionId) history.replaceState(null, '', addressOf(lane));
  laneBar.show(lane);
  conversation.update(turn);
  composer.update();
  if (drawer.turn && drawer.turn === turn) drawer.update();
  if (linked && conversation.reveal(linked)) linked = null;
}

function onFinished(lane, turn) {
  if (lane === current) timeline(turn);
  const where = lane === current ? '' : `In the lane ${lane.title}: `;
  announce(where + (turn.status === 'completed' ? turn.text.slice(0, ANNOUNCED_LENGTH) : outcome(turn)));
  if (lane === current) refreshContext(lane);
}

async function refreshContext(lane) {
  try {
    await loadContext(lane, client);
    lanes.keep(lane);
  } catch {
    // The lane keeps its previous times.
  }
}

function onConnection(lost) {
  band.show(lost);
  refreshList();
  if (lost) return;
  asking.retryNow();
  if (current) load(current);
}

function load(lane) {
  return loadLane(lane, { client, lanes, follower, asking });
}

async function timeline(turn) {
  const lane = lanes.all.find((each) => each.turns.includes(turn));
  if (!lane || !turn.requestId || lane.isCopied(turn) || (turn.timeline && turn.isTerminal && turn.timelineIsFinal)) return;
  try {
    const final = turn.isTerminal;
    turn.timeline = await client.timeline(lane.id, turn.requestId);
    turn.timelineIsFinal = final;
    lanes.changed(lane, turn);
  } catch {
    // The server keeps timelines for a day. Older turns show only their total.
  }
}

/** Loads the tables, charts, tool calls, usage and suggestions of an answer that comes from the history. */
async function complete(turn) {
  const lane = current;
  try {
    turn.complete(await client.request(lane.id, turn.requestId));
    lanes.changed(lane, turn);
  } catch {
    // The request has expired, or the server does not answer: the turn shows its text.
  }
}

/** Loads the agents, and tries again until there is one. */
async function loadAgents() {
  try {
    const agents = await client.agents();
    const agent = agents.find((each) => each.default) ?? agents[0];
    if (!agent) throw new Error('no processor yet');
    asking.agent = agent.default ? undefined : agent.name;
    composer.offer(agents);
  } catch {
    setTimeout(loadAgents, 3_000);
  }
}

/** Agents are added and removed while the page is open. */
async function refreshAgents() {
  const agents = await client.agents().catch(() => []);
  if (agents.length > 0) composer.offer(agents);
}

function showChosenAgent() {
  if (!composer.agent) return;
  showAgent(composer.agent, (question) => {
    ask(current, question);
    if (!NARROW.matches) composer.focus();
  });
}

/* ---- other actions ---- */

function inspect(turn, section) {
  timeline(turn);
  drawer.open(turn, section);
}

async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
    flash(button, 'check');
    announce('Copied.');
  } catch {
    say('Not copied: the browser does not allow it on this page.');
  }
}

function copyLink(turn, button) {
  const link = new URL(addressOf(current, turn), location.href).href;
  history.replaceState(null, '', link);
  conversation.reveal(turn.requestId);
  copy(link, button);
}

function say(text) {
  undo.offer(text);
}

function flash(button, name) {
  const before = [...button.childNodes];
  button.replaceChildren(icon(name));
  setTimeout(() => button.replaceChildren(...before), 1_200);
}

function showKeys() {
  byId('keys').showModal();
}

function escape() {
  if (document.querySelector('dialog[open]')) return false;
  if (document.body.classList.contains('has-sheet')) return toggleSheet(false);
  return composer.closeMenu() || laneBar.closeMenu() || (drawer.isOpen ? drawer.close() : composer.blur());
}

/** Opens or closes the lanes, which cover the conversation on a phone. */
function toggleSheet(wanted) {
  const shows = wanted && NARROW.matches;
  if (document.body.classList.contains('has-sheet') === shows) return;
  document.body.classList.toggle('has-sheet', shows);
  byId('open-lanes').setAttribute('aria-expanded', String(shows));
  byId('main').inert = shows;
  byId(shows ? 'close-lanes' : 'open-lanes').focus();
  if (shows) announce(plural(lanes.all.length, 'lane'));
}
