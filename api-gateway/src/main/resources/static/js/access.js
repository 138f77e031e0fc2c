import { byId, setText } from './dom.js';

const PLACE = 'turnlane.key';

/** The visitor's API key, where the server wants one: asked for when it does, kept for this tab alone. */
export class Access {
  #key = sessionStorage.getItem(PLACE);
  #asked = null;

  headers = () => (this.#key ? { Authorization: `Bearer ${this.#key}` } : {});

  /** What a socket offers besides our protocol: a ticket, since a page can't give it headers. */
  protocols = async (client) => {
    await this.#asked;
    return this.#key ? [`ticket.${(await client.ticket()).ticket}`] : [];
  };

  /** The server did not take `used`: resolves once the visitor has given another key. */
  refused = async (used) => {
    if (used === this.headers().Authorization) await (this.#asked ??= this.#ask());
  };

  #ask() {
    const dialog = byId('access');
    setText(byId('access-note'), this.#key ? 'That key is not valid, or no longer.' : 'This server wants to know who asks.');
    dialog.oncancel = (event) => event.preventDefault();
    dialog.showModal();
    return new Promise((resolve) => {
      dialog.onsubmit = () => {
        this.#key = byId('access-key').value.trim();
        sessionStorage.setItem(PLACE, this.#key);
        byId('access-key').value = '';
        this.#asked = null;
        resolve();
      };
    });
  }
}
