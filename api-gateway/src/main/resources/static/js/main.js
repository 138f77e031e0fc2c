import { Turnlane } from './turnlane-client.js';
import { Access } from './access.js';
import { Asking } from './asking.js';
import { Composer } from './composer.js';
import { Conversation, showAgent } from './conversation.js';
import { Drawer } from './drawer.js';
import { Follower } from './follower.js';
import { Lane, Lanes } from './lanes.js';
import { LaneList } from './lane-list.js';
import { recall } from './memory.js';
import { ConnectionBand, Undo, announce, listenToKeys, placeOf, readPlace, themeSwitch } from './shell.js';
import { byId, icon, oncePerFrame, setText } from './dom.js';
import { failure, plural } from './words.js';

const UNDO_TIME = 5_000;
const SPOKEN_LENGTH = 600;
const NARROW = matchMedia('(max-width: 760px)');

const access = new Access();
const client = new Turnlane({ headers: access.headers, refused: access.refused });
const lanes = new Lanes();
const band = new ConnectionBand(() => follower.retryNow());
const undo = new Undo(UNDO_TIME);
const drawer = new Drawer();
const follower = new Follower(client, lanes, {
  socketUrl: new URL('/v1/ws', location.href).href.replace(/^http/, 'ws'),
  protocols: () => access.protocols(client),
  onConnection,
  onFinished,
});
const asking = new Asking(client, lanes, follower);
const conversation = new Conversation({ askAgain, edit, timeline, inspect, copy, copyLink });
const composer = new Composer({ onAsk: ask, onStop: stop });
const list = new LaneList(lanes, { connected: () => follower.connected, onDelete: remove, onOpen: openFromList });
const refreshList = oncePerFrame(() => list.update());

let current = null;
let linked = null;

start();

function start() {
  themeSwitch();
  lanes.onChange(changed);
  fromAddress();
  window.addEventListener('hashchange', fromAddress);
  byId('new-lane').onclick = newLane;
  byId('new-lane-top').onclick = newLane;
  byId('open-lanes').onclick = () => toggleSheet(true);
  for (const id of ['backdrop', 'close-lanes']) byId(id).onclick = () => toggleSheet(false);
  byId('show-keys').onclick = showKeys;
  NARROW.addEventListener('change', () => toggleSheet(false));
  listenToKeys({
    '/': () => composer.focus(), n: newLane, '[': () => step(-1), ']': () => step(1), '?': showKeys, Escape: escape,
  });
  for (const lane of lanes.all) if (lane.turns.some((turn) => turn.wasOpen)) readBack(lane);
  loadAgent();
  if (!NARROW.matches) composer.focus();
}

/* ---- which lane is on view ---- */

function open(lane, { remember = true } = {}) {
  const before = current;
  current = lane;
  lane.unread = false;
  if (before?.isDraft && before !== lane && !before.draft) lanes.remove(before);
  if (remember && location.hash !== placeOf(lane)) history.pushState(null, '', placeOf(lane));
  showTitle(lane);
  drawer.close();
  conversation.show(lane);
  composer.show(lane);
  list.show(lane);
  follower.show(lane);
  readBack(lane);
}

function showTitle({ title }) {
  for (const place of document.querySelectorAll('.lane-name')) setText(place, title || 'New lane');
  document.title = title ? `${title} · Turnlane` : 'Turnlane';
}

function fromAddress() {
  const { sessionId, requestId } = readPlace();
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
  const place = lanes.all.indexOf(lane);
  lanes.remove(lane);
  if (lane === current) open(lanes.all[Math.min(place, lanes.all.length - 1)] ?? lanes.draft());
  undo.offer('Lane deleted.', {
    undo: () => open(lanes.add(lane)),
    then: () => {
      follower.leave(lane);
      if (lane.id) client.deleteSession(lane.id, { keepalive: true }).catch(() => {});
    },
  });
}

/* ---- asking ---- */

function ask(lane, question, policy) {
  asking.ask(lane, question, policy);
  conversation.toEnd();
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
  if (turn) client.cancel(lane.id, turn.requestId).catch(() => announce('It could not be stopped.'));
}

/* ---- what happened ---- */

function changed(lane, turn) {
  refreshList();
  if (lane !== current) return;
  if (!lanes.all.includes(lane)) return open(lanes.all[0] ?? lanes.draft());
  // A draft that got its id. An address that names another lane is the reader's, on the way there by Back.
  if (lane.id && !readPlace().sessionId) history.replaceState(null, '', placeOf(lane));
  showTitle(lane);
  conversation.update(turn);
  composer.update();
  if (drawer.turn && drawer.turn === turn) drawer.update();
  if (linked && conversation.reveal(linked)) linked = null;
}

function onFinished(lane, turn) {
  if (lane === current) timeline(turn);
  const where = lane === current ? '' : `In the lane ${lane.title}: `;
  const said = turn.status === 'completed' ? turn.text.slice(0, SPOKEN_LENGTH) : failure(turn);
  announce(where + said);
}

function onConnection(lost) {
  band.show(lost);
  refreshList();
  if (!lost && current) readBack(current);
}

function readBack(lane) {
  recall(lane, { client, lanes, follower, asking });
}

async function timeline(turn) {
  const lane = lanes.all.find((each) => each.turns.includes(turn));
  if (!lane || !turn.requestId || (turn.timeline && turn.isTerminal && turn.timelineIsWhole)) return;
  try {
    const whole = turn.isTerminal;
    turn.timeline = await client.timeline(lane.id, turn.requestId);
    turn.timelineIsWhole = whole;
    lanes.changed(lane, turn);
  } catch {
    // Timelines are kept for a day; an older turn shows its total only.
  }
}

async function loadAgent() {
  try {
    const agents = await client.agents();
    const agent = agents.find((each) => each.default) ?? agents[0];
    if (!agent) throw new Error('no processor yet');
    if (!agent.default) asking.agent = agent.name;
    showAgent(agent, (question) => ask(current, question));
  } catch {
    setTimeout(loadAgent, 3_000);
  }
}

/* ---- small things ---- */

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
    announce('The browser does not allow copying here.');
  }
}

function copyLink(turn, button) {
  const link = new URL(placeOf(current, turn), location.href).href;
  history.replaceState(null, '', link);
  conversation.reveal(turn.requestId);
  copy(link, button);
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
  return composer.closeMenu() || (drawer.isOpen ? drawer.close() : composer.blur());
}

/** On a phone the lanes are a sheet over the conversation. */
function toggleSheet(wanted) {
  const shows = wanted && NARROW.matches;
  if (document.body.classList.contains('has-sheet') === shows) return;
  document.body.classList.toggle('has-sheet', shows);
  byId('open-lanes').setAttribute('aria-expanded', String(shows));
  byId('main').inert = shows;
  byId(shows ? 'close-lanes' : 'open-lanes').focus();
  if (shows) announce(plural(lanes.all.length, 'lane'));
}
