import { byId, setText } from './dom.js';
import { plural } from './words.js';

const MAX_BYTES = 32 * 1024;

/** The field for questions. It is never blocked: a question asked while a turn runs waits behind it. */
export class Composer {
  #form = byId('composer');
  #field = byId('question');
  #stop = byId('stop');
  #menu = byId('policy-menu');
  #lane = null;
  #onAsk;

  constructor({ onAsk, onStop }) {
    this.#onAsk = onAsk;
    this.#form.onsubmit = (event) => {
      event.preventDefault();
      this.#ask();
    };
    this.#field.onkeydown = (event) => this.#key(event);
    this.#field.oninput = () => this.#changed();
    this.#stop.onclick = () => onStop(this.#lane);
    this.#menu.onchange = () => this.update();
    document.addEventListener('click', ({ target }) => {
      if (!this.#menu.contains(target)) this.#menu.open = false;
    });
  }

  focus() {
    this.#field.focus();
  }

  blur() {
    this.#field.blur();
  }

  show(lane) {
    this.#lane = lane;
    this.#form.reset();
    this.#field.value = lane.draft;
    this.#changed();
  }

  /** Puts a question into the field for editing. */
  edit(question) {
    this.#field.value = question;
    this.#changed();
    this.focus();
  }

  update() {
    const open = this.#lane.openTurns.length + this.#lane.turns.filter((turn) => turn.status === 'unsent').length;
    this.#field.placeholder = open ? 'Ask the next question' : 'Ask a question';
    const { label, hint } = this.#chosen.dataset;
    setText(byId('policy-chosen'), label);
    const busy = hint ?? `This question will wait for ${plural(open, 'earlier turn')}`;
    setText(byId('composer-hint'), this.#isTooLong ? 'Longer than 32 KiB. Shorten the question to send it.' : open ? busy : '');
    this.#stop.hidden = this.#lane.openTurns.length === 0;
  }

  /** Closes the menu. Returns true if it was open. */
  closeMenu() {
    const { open, firstElementChild } = this.#menu;
    this.#menu.open = false;
    if (open) firstElementChild.focus();
    return open;
  }

  /** The policy applies to one question, then it is reset. */
  #ask() {
    const question = this.#field.value.trim();
    if (!question || this.#isTooLong) return;
    const { value } = this.#chosen;
    this.#menu.open = false;
    this.#form.reset();
    this.#changed();
    this.#onAsk(this.#lane, question, value || undefined);
  }

  get #chosen() {
    return this.#menu.querySelector(':checked');
  }

  get #isTooLong() {
    return this.#field.ariaInvalid === 'true';
  }

  #key(event) {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.#ask();
    } else if (event.key === 'ArrowUp' && this.#field.value === '') {
      const last = this.#lane.turns.at(-1);
      if (!last) return;
      event.preventDefault();
      this.edit(last.question);
    }
  }

  #changed() {
    const { value } = this.#field;
    this.#lane.draft = value;
    byId('send').disabled = value.trim() === '';
    this.#field.ariaInvalid = new TextEncoder().encode(value.trim()).length > MAX_BYTES;
    this.#grow();
    this.update();
  }

  /** Fits the height in browsers without `field-sizing`. The style sheet limits it to eight lines. */
  #grow() {
    if (CSS.supports('field-sizing', 'content')) return;
    const { style } = this.#field;
    style.height = 'auto';
    style.height = `${this.#field.scrollHeight}px`;
  }
}
