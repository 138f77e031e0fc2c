import { byId, h } from './dom.js';
import { age } from './words.js';

const PAGE = 50;

/** The lanes that exist on the server but not in this browser, and the search in all lanes. */
export class ServerLanes {
  #box = byId('server-lanes');
  #list = this.#box.querySelector('ul');
  #more = byId('more-lanes');
  #find = byId('find-lane');
  #client;
  #lanes;
  #sessions = [];
  #next = undefined;
  #loading = false;
  #onFind;

  constructor(client, lanes, { onFind }) {
    this.#client = client;
    this.#lanes = lanes;
    this.#onFind = onFind;
    this.#box.ontoggle = () => this.#box.open && this.#load();
    this.#more.onclick = () => this.#load(this.#next);
    this.#find.oninput = () => {
      if (this.#wanted) this.#box.open = true;
      this.#onFind();
      this.#show();
    };
  }

  /** Returns true if the search finds the text. */
  finds(text) {
    return text.toLowerCase().includes(this.#wanted);
  }

  get #wanted() {
    return this.#find.value.trim().toLowerCase();
  }

  async #load(cursor) {
    this.#loading = true;
    this.#show();
    try {
      const { sessions, next } = await this.#client.sessions({ limit: PAGE, cursor });
      this.#sessions = cursor ? [...this.#sessions, ...sessions] : sessions;
      this.#next = next;
      this.#loading = false;
      this.#show();
    } catch {
      this.#loading = false;
      this.#say('The lanes could not be loaded. Close this list and open it again.');
    }
  }

  #show() {
    const others = this.#sessions.filter(({ session_id: id }) => !this.#lanes.find(id)).filter((each) => this.finds(titleOf(each)));
    this.#more.hidden = !this.#next;
    if (others.length === 0) this.#say(this.#noneWords());
    else this.#list.replaceChildren(...others.map(item));
  }

  #noneWords() {
    if (this.#loading) return 'Loading…';
    if (!this.#next) return this.#wanted ? 'No other lane has this in its title.' : 'The server has no other lanes.';
    return this.#wanted
      ? 'None of the lanes loaded so far has this in its title. Show more lanes to search them.'
      : 'All lanes loaded so far are in the list above. Show more lanes to see others.';
  }

  #say(text) {
    this.#list.replaceChildren(h('li', { class: 'none' }, text));
  }
}

function titleOf({ session_id: id, metadata }) {
  return typeof metadata?.title === 'string' && metadata.title ? metadata.title : id;
}

function item(session) {
  return h('li', { class: 'lane', testid: 'server-lane' },
    h('a', { class: 'lane-link', href: `#s=${encodeURIComponent(session.session_id)}` },
      h('span', { class: 'lane-row' }, h('span', { class: 'lane-title', dir: 'auto' }, titleOf(session)), ' ',
        h('span', { class: 'lane-age figure' }, age(Date.parse(session.last_activity))))));
}
