import { byId } from './dom.js';

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
    const field = byId('access-key');
    field.ariaInvalid = this.#key !== null;
    byId('access-wrong').hidden = !this.#key;
    // Without a key nothing goes on: where a browser closes it all the same, it comes back.
    dialog.onclose = () => this.#asked && dialog.showModal();
    dialog.showModal();
    return new Promise((resolve) => {
      dialog.onsubmit = () => {
        this.#key = field.value.trim();
        sessionStorage.setItem(PLACE, this.#key);
        field.value = '';
        this.#asked = null;
        resolve();
      };
    });
  }
}
