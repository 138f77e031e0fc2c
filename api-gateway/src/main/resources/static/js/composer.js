import { byId, setText } from './dom.js';
import { plural } from './words.js';

const MOST_BYTES = 32 * 1024;

/** Where questions are written. It is never blocked: what is asked while a turn runs takes its place behind it. */
export class Composer {
  #form = byId('composer');
  #field = byId('question');
  #send = byId('send');
  #stop = byId('stop');
  #hint = byId('composer-hint');
  #policy = byId('policy');
  #lane = null;
  #canStop = false;
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
  }

  focus() {
    this.#field.focus();
  }

  blur() {
    this.#field.blur();
  }

  show(lane) {
    this.#lane = lane;
    this.#field.value = lane.draft;
    this.#changed();
    this.update();
  }

  /** Puts a question into the field, to be changed before it is asked. */
  edit(question) {
    this.#field.value = question;
    this.#changed();
    this.focus();
  }

  update() {
    const open = this.#lane.openTurns.length + this.#lane.turns.filter((turn) => turn.status === 'unsent').length;
    this.#field.placeholder = open ? 'Ask the next one' : 'Ask a question';
    setText(this.#hint, open ? `It will wait behind ${plural(open, 'turn')} of this lane` : '');
    this.#stop.hidden = !(this.#canStop && this.#lane.openTurns.length > 0);
  }

  /** Shows what this server can do besides asking: stop a turn, choose a policy. */
  offer({ cancel, policies }) {
    this.#canStop = cancel;
    byId('policy-menu').hidden = policies.length === 0;
    for (const label of this.#policy.querySelectorAll('label')) label.hidden = !policies.includes(label.dataset.policy);
    this.update();
  }

  #ask() {
    const question = this.#field.value.trim();
    if (!question) return;
    if (new TextEncoder().encode(question).length > MOST_BYTES) {
      setText(this.#hint, 'Too long: a question may have 32 KiB.');
      return;
    }
    this.#field.value = '';
    this.#changed();
    this.#onAsk(this.#lane, question, this.#chosenPolicy());
  }

  #chosenPolicy() {
    const chosen = this.#policy.querySelector('input:checked')?.value;
    byId('policy-menu').open = false;
    return chosen === 'enqueue' ? undefined : chosen;
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
    this.#lane.draft = this.#field.value;
    this.#send.disabled = this.#field.value.trim() === '';
    this.#grow();
  }

  /** For browsers without `field-sizing`; the style sheet bounds it to eight lines. */
  #grow() {
    if (CSS.supports('field-sizing', 'content')) return;
    this.#field.style.setProperty('height', 'auto');
    this.#field.style.setProperty('height', `${this.#field.scrollHeight}px`);
  }
}
