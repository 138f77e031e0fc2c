import { byId, h, setText } from './dom.js';
import { menu } from './menu.js';
import { effect } from './words.js';

const MAX_BYTES = 32 * 1024;
/** In Safari, the Enter that ends a composition arrives after the composition, with this code. */
const COMPOSITION = 229;

/** The field for questions. It is never blocked: a question asked while a turn runs waits behind it. */
export class Composer {
  #form = byId('composer');
  #field = byId('question');
  #stop = byId('stop');
  #menu = byId('policy-menu');
  #lane = null;
  #agents = [];
  #onAsk;
  /** Closes the menu. Returns true if it was open. */
  closeMenu = menu(this.#menu);

  constructor({ onAsk, onStop }) {
    this.#onAsk = onAsk;
    this.#form.onsubmit = (event) => {
      event.preventDefault();
      this.#ask();
    };
    this.#field.onkeydown = (event) => this.#key(event);
    this.#field.oninput = () => this.#changed();
    this.#stop.onclick = () => onStop(this.#lane);
    this.#menu.onchange = ({ target }) => {
      if (target.name === 'agent') this.#lane.agent = target.value;
      this.update();
    };
  }

  /** Shows the choice of agents if the server has more than one. */
  offer(agents) {
    this.#agents = agents;
    byId('agents').hidden = agents.length < 2;
    this.#showAgents();
    this.update();
  }

  focus() {
    this.#field.focus();
  }

  blur() {
    this.#field.blur();
  }

  show(lane) {
    this.#lane = lane;
    this.#showAgents();
    this.#form.reset();
    this.#field.value = lane.draft;
    this.#changed();
  }

  /** Puts a question into the field for editing, before the text that is there. */
  edit(question) {
    const { value } = this.#field;
    this.#field.value = value.trim() && value !== question ? `${question}\n\n${value}` : question;
    this.#changed();
    this.focus();
  }

  update() {
    if (!this.#lane) return;
    const { openTurns, unsentTurns } = this.#lane;
    const running = openTurns.filter((turn) => turn.status !== 'queued').length;
    const waiting = openTurns.length - running + unsentTurns.length;
    const busy = running + waiting > 0;
    this.#field.placeholder = busy ? 'Ask the next question' : 'Ask a question';
    setText(byId('policy-chosen'), [this.#agentLabel, this.#chosen.dataset.label].filter(Boolean).join(' · '));
    const hint = busy ? effect(this.#chosen.value, { running, waiting }) : '';
    setText(byId('composer-hint'), this.#isTooLong ? 'Longer than 32 KiB. Shorten the question to send it.' : hint);
    this.#stop.hidden = openTurns.length === 0;
  }

  /** Name of the agent that the user chose; empty if it is the agent that answers by default. */
  get #agentLabel() {
    const { agent } = this.#lane;
    return agent && agent !== this.#usualAgent ? agent : '';
  }

  get #usualAgent() {
    return this.#lane?.context?.agent ?? this.#agents.find((each) => each.default)?.name ?? this.#agents[0]?.name;
  }

  #showAgents() {
    const chosen = this.#lane?.agent ?? this.#usualAgent;
    const choice = ({ name, description }) => h('label', {}, h('input', { type: 'radio', name: 'agent', value: name, checked: name === chosen }), ' ',
      h('span', {}, h('b', {}, name), description && `: ${description}`));
    byId('agents').replaceChildren(h('legend', {}, 'Agent that answers in this lane'), ...this.#agents.map(choice));
  }

  /** Asks the question, and resets the chosen policy, which applies to one question only. */
  #ask() {
    const question = this.#field.value.trim();
    if (!question || this.#isTooLong) return;
    const { value } = this.#chosen;
    this.#menu.open = false;
    this.#showAgents();
    this.#form.reset();
    this.#changed();
    this.#onAsk(this.#lane, question, value || undefined);
  }

  get #chosen() {
    return byId('policy').querySelector(':checked');
  }

  get #isTooLong() {
    return this.#field.ariaInvalid === 'true';
  }

  #key(event) {
    if (event.isComposing || event.keyCode === COMPOSITION) return;
    if (event.key === 'Enter' && !event.shiftKey) {
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
