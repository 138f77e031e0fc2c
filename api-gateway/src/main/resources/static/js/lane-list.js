import { byId, fromTemplate, h, setText } from './dom.js';
import { progress } from './hairline.js';
import { age, laneState, plural } from './words.js';

const MAX_BEADS = 4;

/** The list of lanes. Each has a small track with its running, waiting and finished turns. */
export class LaneList {
  #list = byId('lanes');
  #lanes;
  #items = new Map();
  #connected;
  #finds;
  #actions;
  #current = null;

  /** `finds(title)`: returns true if the search finds the title. */
  constructor(lanes, { connected, finds, ...actions }) {
    this.#lanes = lanes;
    this.#finds = finds;
    this.#connected = connected;
    this.#actions = actions;
    setInterval(() => this.update(), 30_000);
  }

  show(lane) {
    this.#current = lane;
    this.update();
    this.#items.get(lane)?.element.scrollIntoView({ block: 'nearest' });
  }

  /** Moves the focus to a lane, or to the button for a new one. */
  focus(lane) {
    (this.#items.get(lane)?.element.querySelector('a') ?? byId('new-lane')).focus();
  }

  update() {
    const wanted = this.#lanes.all.map((lane) => this.#itemOf(lane));
    for (const [lane, item] of this.#items) {
      if (wanted.includes(item)) continue;
      item.element.remove();
      this.#items.delete(lane);
    }
    wanted.forEach((item, i) => {
      item.update(this.#connected(), this.#current);
      item.element.hidden = !this.#finds(wantedTitle(this.#lanes.all[i]));
      if (this.#list.children[i] !== item.element) this.#list.insertBefore(item.element, this.#list.children[i] ?? null);
    });
    this.#summary();
  }

  #itemOf(lane) {
    if (!this.#items.has(lane)) this.#items.set(lane, new LaneItem(lane, this.#actions));
    return this.#items.get(lane);
  }

  /** On phones, the list is hidden. Its button therefore shows the number of lanes with open turns. */
  #summary() {
    const working = this.#lanes.all.filter((lane) => lane.openTurns.length > 0).length;
    setText(byId('working'), working ? String(working) : '');
    byId('open-lanes').setAttribute('aria-label', working ? `Lanes, ${plural(working, 'lane')} answering` : 'Lanes');
  }
}

function wantedTitle({ title }) {
  return title || 'New lane';
}

class LaneItem {
  #lane;
  #part;

  constructor(lane, { onDelete, onOpen }) {
    this.#lane = lane;
    [this.element, this.#part] = fromTemplate('lane-template');
    this.#part('lane-link').onclick = (event) => onOpen(lane, event);
    this.#part('lane-delete').onclick = () => onDelete(lane);
  }

  update(connected, current) {
    const lane = this.#lane;
    const title = wantedTitle(lane);
    const state = this.#state(connected);
    const link = this.#part('lane-link');
    const remove = this.#part('lane-delete');
    setText(this.#part('lane-title'), title);
    setText(this.#part('lane-age'), lane.answeredAt ? age(lane.answeredAt) : '');
    setText(this.#part('lane-state'), state);
    this.element.dataset.state = state.split(/[ ,]/)[0].replace(/^\d+$/, 'waiting');
    link.href = lane.id ? `#s=${lane.id}` : '#';
    if (lane === current) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
    remove.hidden = lane.isDraft;
    remove.setAttribute('aria-label', `Delete the lane ${title}`);
    this.#beads();
  }

  #state(connected) {
    const open = this.#lane.openTurns;
    const running = open.filter((turn) => turn.status !== 'queued').length;
    const { unread, wasOpen, memory } = this.#lane;
    const elsewhere = wasOpen && memory === 'unknown' && open.length === 0 && this.#lane.asking === 0;
    return laneState({ running, waiting: open.length - running, unsent: this.#lane.unsentTurns.length, connected, unread, elsewhere });
  }

  /** Draws a bead for each open turn: a running one at its progress, the waiting ones at the start. */
  #beads() {
    const open = this.#lane.openTurns.slice(0, MAX_BEADS);
    const waiting = open.filter((turn) => turn.status === 'queued');
    const beads = open.map((turn) => (turn.status === 'queued'
      ? { state: 'waiting', inLine: waiting.length - 1 - waiting.indexOf(turn) }
      : { state: 'running', at: position(turn) }));
    if (this.#lane.answeredAt) beads.push({ state: 'arrived' });
    const track = this.#part('lane-track');
    while (track.children.length > beads.length) track.lastChild.remove();
    beads.forEach(({ state, at = 0, inLine = 0 }, i) => {
      const bead = track.children[i] ?? track.appendChild(h('i'));
      bead.className = `is-${state}`;
      bead.style.setProperty('--at', at.toFixed(3));
      bead.style.setProperty('--in-line', inLine);
    });
  }
}

/** Returns the position of a running turn on its track, 0 to 1. Waiting turns are drawn before 0.34. */
function position(turn) {
  const [, memory, agent] = progress(turn);
  return 0.34 + 0.06 * memory + 0.52 * agent;
}
