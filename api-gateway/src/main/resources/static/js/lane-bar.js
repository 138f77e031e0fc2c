import { byId, setText } from './dom.js';
import { menu } from './menu.js';
import { cause, duration, expiry, plural } from './words.js';

const SOON = 10 * 60_000;
const TICK = 15_000;

/**
 * The bar above the conversation. It has the lane's title, the time at which the server deletes the lane, and a menu to
 * manage it.
 */
export class LaneBar {
  #menu = byId('lane-menu');
  #name = byId('lane-title');
  #client;
  #lanes;
  #say;
  #lane = null;
  closeMenu = menu(this.#menu);

  constructor(client, lanes, { onDelete, say }) {
    this.#say = say;
    this.#client = client;
    this.#lanes = lanes;
    byId('rename').onsubmit = (event) => {
      event.preventDefault();
      this.#rename(this.#name.value.trim());
    };
    byId('keep').onchange = ({ target }) => this.#keep(Number(target.value));
    byId('export-json').onclick = () => this.#export();
    byId('export-markdown').onclick = () => save(`${fileName(this.#lane)}.md`, 'text/markdown', asMarkdown(this.#lane));
    byId('print').onclick = () => this.#close(() => window.print());
    byId('delete-this').onclick = () => this.#close(() => onDelete(this.#lane));
    this.#menu.ontoggle = () => this.#menu.open && this.#opened();
    setInterval(() => this.#lane && this.#showExpiry(), TICK);
  }

  show(lane) {
    if (this.#lane !== lane) this.#menu.open = false;
    this.#lane = lane;
    this.#menu.hidden = lane.isDraft;
    for (const name of document.querySelectorAll('.lane-name')) setText(name, lane.title || 'New lane');
    document.title = lane.title ? `${lane.title} · Turnlane` : 'Turnlane';
    this.#showExpiry();
  }

  #opened() {
    this.#name.value = this.#lane.title;
    this.#showExpiry();
    this.#name.focus();
  }

  #showExpiry() {
    const { expiresAt, context, memory } = this.#lane;
    const element = byId('expiry');
    const known = expiresAt !== null && memory !== 'forgotten';
    element.hidden = !known;
    if (known) {
      setText(element, expiry(expiresAt));
      element.dataset.soon = expiresAt - Date.now() < SOON;
    }
    setText(byId('lane-facts'), facts(this.#lane));
    for (const choice of byId('keep').elements) choice.checked = Number(choice.value) === context?.ttl_seconds;
    byId('keep').disabled = !context;
  }

  #rename(title) {
    if (!title) return;
    const lane = this.#lane;
    const { title: before, renamed } = lane;
    lane.title = title;
    lane.renamed = title;
    this.#lanes.keep(lane);
    this.#close();
    this.#change(lane, { metadata: { title } }, 'Renamed.', () => {
      if (lane.title !== title) return;
      Object.assign(lane, { title: before, renamed });
      this.#lanes.keep(lane);
    });
  }

  #keep(seconds) {
    const lane = this.#lane;
    const { context } = lane;
    const { ttl_seconds: before, last_activity: lastUsed } = context;
    Object.assign(context, { ttl_seconds: seconds, last_activity: new Date().toISOString() });
    this.#lanes.changed(lane);
    this.#change(lane, { ttl_seconds: seconds }, `Kept for ${duration(seconds * 1000)} after the last use.`, () => {
      if (context.ttl_seconds !== seconds) return;
      Object.assign(context, { ttl_seconds: before, last_activity: lastUsed });
      this.#lanes.changed(lane);
    });
  }

  /** Sends a change to the server. `restore`: shows the old value again, if the server did not save the new one. */
  async #change(lane, patch, done, restore) {
    try {
      if (lane.id) await this.#client.changeSession(lane.id, patch);
      this.#say(done);
    } catch (error) {
      restore();
      this.#say(`The server did not save the change: ${cause(error)}`);
    }
  }

  async #export() {
    try {
      const session = await this.#client.exportSession(this.#lane.id);
      save(`${fileName(this.#lane)}.json`, 'application/json', JSON.stringify(session, null, 2));
    } catch (error) {
      this.#say(`Not exported: ${cause(error)}`);
    }
  }

  #close(then = () => {}) {
    this.closeMenu();
    then();
  }
}

function facts({ context, openTurns }) {
  if (!context) return 'Number of turns and processing time: not loaded yet.';
  const { request_count: turns, total_processing_time: time } = context;
  const used = `${plural(turns, 'turn')}, ${duration(time * 1000)} of processing.`;
  const kept = `The server deletes a lane that nobody uses for ${duration(context.ttl_seconds * 1000)}.`;
  return openTurns.length ? `${used} The lane is in use now.` : `${used} ${kept}`;
}

function asMarkdown({ title, turns }) {
  const parts = turns.map(({ question, text }) => `## ${question}\n\n${text || '(no answer)'}\n`);
  return [`# ${title}\n`, ...parts].join('\n');
}

function fileName({ title }) {
  return title.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '').slice(0, 60) || 'lane';
}

function save(name, type, text) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
