import { byId } from './dom.js';

const STORAGE_KEY = 'turnlane.key';

/** The user's API key: asked for if the server requires one, and kept in this tab only. */
export class Access {
  #key = sessionStorage.getItem(STORAGE_KEY);
  #entered = null;

  headers = () => (this.#key ? { Authorization: `Bearer ${this.#key}` } : {});

  /**
   * Returns the subprotocol that carries a ticket. A page cannot send a key instead, because it cannot set headers of a
   * socket.
   */
  protocols = async (client) => {
    await this.#entered;
    return this.#key ? [`ticket.${(await client.ticket()).ticket}`] : [];
  };

  /** Forgets the key, so that the page asks for another one. */
  forget() {
    sessionStorage.removeItem(STORAGE_KEY);
  }

  /** Called after a 401. `used`: the rejected Authorization header. Resolves when the user has entered another key. */
  refused = async (used) => {
    if (used === this.headers().Authorization) await (this.#entered ??= this.#ask());
  };

  #ask() {
    const dialog = byId('access');
    const field = byId('access-key');
    field.ariaInvalid = this.#key !== null;
    byId('access-wrong').hidden = !this.#key;
    // The page needs a key: if the browser closes the dialog, open it again.
    dialog.onclose = () => this.#entered && dialog.showModal();
    dialog.showModal();
    return new Promise((resolve) => {
      dialog.onsubmit = () => {
        this.#key = field.value.trim();
        sessionStorage.setItem(STORAGE_KEY, this.#key);
        field.value = '';
        this.#entered = null;
        resolve();
      };
    });
  }
}
