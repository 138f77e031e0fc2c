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
  #onAgent;
  /** Closes the menu. Returns true if it was open. */
  closeMenu = menu(this.#menu);

  /** `onMenu` is called when the menu opens, `onAgent` when another agent answers in the lane. */
  constructor({ onAsk, onStop, onMenu, onAgent }) {
    this.#onAsk = onAsk;
    this.#onAgent = onAgent;
    this.#form.onsubmit = (event) => {
      event.preventDefault();
      this.#ask();
    };
    this.#field.onkeydown = (event) => this.#key(event);
    this.#field.oninput = () => this.#changed();
    this.#stop.onclick = () => onStop(this.#lane);
    this.#menu.ontoggle = () => this.#menu.open && onMenu();
    this.#menu.onchange = ({ target }) => {
      if (target.name === 'agent') {
        this.#lane.agent = target.value;
        this.#showAgents();
        this.#onAgent();
      }
      this.update();
    };
  }

  /** Shows the choice of agents if the server has more than one. */
  offer(agents) {
    this.#agents = agents;
    this.#showAgents();
    this.#onAgent();
    this.update();
  }

  /** The description of the agent that answers in the lane, or undefined. */
  get agent() {
    return this.#agents.find(({ name }) => name === this.#agentName);
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

  /** Name of the agent that answers in the lane; empty if it is the agent that answers by default. */
  get #agentLabel() {
    const name = this.#agentName;
    if (!name || name === this.#defaultAgent) return '';
    return this.#isMissing ? `${name} (not available)` : name;
  }

  get #agentName() {
    return this.#lane?.agent ?? this.#lane?.context?.agent ?? this.#defaultAgent;
  }

  get #defaultAgent() {
    return (this.#agents.find((each) => each.default) ?? this.#agents[0])?.name;
  }

  /** True if no server offers the lane's agent, because it was removed or because its servers are down. */
  get #isMissing() {
    return this.#agents.length > 0 && this.agent === undefined;
  }

  #showAgents() {
    const box = byId('agents');
    const chosen = this.#agentName;
    const missing = this.#isMissing ? [{ name: chosen, description: 'not available at the moment. If it was removed, its successor answers.', missing: true }] : [];
    const choice = ({ name, description, missing: disabled }) => h('label', {},
      h('input', { type: 'radio', name: 'agent', value: name, checked: name === chosen, disabled }), ' ',
      h('span', { dir: 'auto' }, h('b', {}, name), description && `: ${description}`));
    const choices = [...missing, ...this.#agents];
    const shows = JSON.stringify([chosen, choices]);
    if (box.dataset.shows === shows) return;
    box.dataset.shows = shows;
    box.hidden = choices.length < 2;
    const focused = box.contains(document.activeElement) && document.activeElement.value;
    box.replaceChildren(h('legend', {}, 'Agent that answers in this lane'), ...choices.map(choice));
    if (focused) [...box.querySelectorAll('input')].find(({ value }) => value === focused)?.focus();
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
