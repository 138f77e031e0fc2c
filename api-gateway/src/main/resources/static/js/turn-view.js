import { bar, fromTemplate, h, oncePerFrame, setText, tool } from './dom.js';
import { Hairline } from './hairline.js';
import { MarkdownView } from './markdown.js';
import { artifactView } from './artifacts.js';
import { decorator, makeQuestionsAskable, questionButtons } from './blocks.js';
import { clamp } from './clamp.js';
import { confidenceWord, outcome, queued, secondsLeft, toolOutcome, usageWords } from './words.js';

const MAX_CHIPS = 4;
/** Answers with a confidence below this value are shown as a guess. */
const GUESS = 0.5;

/** A turn on the page: the question, its hairline, the answer and its sources. */
export class TurnView {
  #lane;
  #actions;
  #part;
  #hairline;
  #markdown;
  #shownText = '';
  /** The shown artifacts as JSON, with their elements. */
  #shownArtifacts = new Map();
  #artifacts = null;
  #shownFoot = '';
  #shownPrint = '';
  #refreshText = oncePerFrame(() => this.#text());

  constructor(lane, turn, actions) {
    this.#lane = lane;
    this.turn = turn;
    this.#actions = actions;
    [this.element, this.#part] = fromTemplate('turn-template');
    this.#hairline = new Hairline(turn, this.#part, {
      onUnfold: () => actions.timeline(turn),
      onEvents: () => actions.inspect(turn, 'events'),
    });
    this.#markdown = new MarkdownView(this.#part('answer'), decorator(actions.copy));
    const [again, edit] = this.#part('notice').querySelectorAll('button');
    again.onclick = () => actions.askAgain(turn);
    edit.onclick = () => actions.edit(turn);
    const [withdraw, change] = this.#part('waiting').querySelectorAll('button');
    withdraw.onclick = () => actions.withdraw(turn);
    change.onclick = () => actions.withdraw(turn, { edit: true });
    clamp(this.#part('question'), { more: 'Show the whole question', less: 'Show less' });
    this.update();
    this.#text();
  }

  update() {
    const turn = this.turn;
    this.element.dataset.state = turn.status;
    if (turn.requestId) this.element.dataset.requestId = turn.requestId;
    setText(this.#part('question'), turn.question);
    this.#mergedQuestions();
    this.#hairline.update();
    this.#stageLine();
    if (turn.isTerminal) this.#text();
    else this.#refreshText();
    if (this.#artifacts !== turn.artifacts) this.#showArtifacts();
    this.#smallPrint();
    this.#noticeLine();
    this.#footLine();
  }

  tick(now) {
    if (this.turn.isOpen || this.turn.status === 'unsent') this.#hairline.tick(now);
    if (this.turn.sendAgainAt || this.turn.retryAt || this.turn.startsAt) this.#stageLine();
  }

  #stageLine() {
    const stage = this.#part('stage');
    setText(stage, stageWords(this.#lane, this.turn));
    stage.hidden = stage.textContent === '';
    this.#part('waiting').hidden = !(this.turn.status === 'queued' || this.turn.status === 'unsent') || this.turn.withdrawn;
  }

  /** Shows the questions that this turn answers in addition to its own. */
  #mergedQuestions() {
    const merged = this.#lane.mergedInto(this.turn).map(({ question }) => question);
    const list = this.#part('merged');
    list.hidden = merged.length === 0;
    if (!list.hidden && list.childElementCount !== merged.length + 1) {
      list.replaceChildren(h('li', {}, 'Also answers:'), ...merged.map((question) => h('li', { dir: 'auto' }, question)));
    }
  }

  #text() {
    if (this.turn.text === this.#shownText) return;
    this.#shownText = this.turn.text;
    this.#markdown.show(this.#shownText);
  }

  /** An artifact that is shown already keeps its element, so that nothing is drawn again when the turn completes. */
  #showArtifacts() {
    this.#artifacts = this.turn.artifacts;
    const before = this.#shownArtifacts;
    this.#shownArtifacts = new Map((this.#artifacts ?? []).map((artifact) => {
      const json = JSON.stringify(artifact);
      return [json, before.get(json) ?? artifactView(artifact)];
    }));
    for (const [json, element] of before) if (!this.#shownArtifacts.has(json)) element.remove();
    this.#part('artifacts').append(...[...this.#shownArtifacts.values()].filter((element) => !element.parentNode));
  }

  /** Shows the calls of tools and, after the end, the usage of models. */
  #smallPrint() {
    const { toolCalls, answer } = this.turn;
    const usage = answer?.usage?.model_calls > 0 && answer.usage;
    const shows = JSON.stringify([toolCalls, usage]);
    if (this.#shownPrint === shows) return;
    this.#shownPrint = shows;
    const list = this.#part('small-print');
    list.hidden = toolCalls.length === 0 && !usage;
    list.replaceChildren(...toolCalls.map((call) => h('li', { 'data-outcome': call.outcome, testid: 'tool-call' },
      h('code', {}, call.tool), ' ', toolOutcome(call))));
    if (usage) list.append(h('li', { testid: 'turn-usage' }, usageWords(usage)));
  }

  #noticeLine() {
    const notice = this.#part('notice');
    const text = outcome(this.turn);
    notice.hidden = !text;
    setText(notice.firstElementChild, text);
    for (const button of notice.querySelectorAll('button')) button.hidden = this.turn.status === 'superseded';
  }

  #footLine() {
    const { isTerminal, answer } = this.turn;
    const { confidence, sources = [], suggestions = [] } = answer ?? {};
    const shows = JSON.stringify([isTerminal, confidence, sources.length, suggestions]);
    if (this.#shownFoot === shows) return;
    this.#shownFoot = shows;
    const foot = this.#part('turn-foot');
    foot.hidden = !isTerminal;
    this.#nearest(suggestions);
    if (isTerminal && suggestions.length === 0 && sources.length === 0 && (confidence ?? 0) < GUESS) {
      makeQuestionsAskable(this.#part('answer'), this.#actions.ask);
    }
    foot.replaceChildren(...[
      confidence != null && confidenceBar(confidence),
      sources.length > 0 && this.#chips(sources),
      this.#tools(this.turn),
    ].filter(Boolean));
  }

  /** Shows questions that the agent can answer, if it could not answer this one. */
  #nearest(questions) {
    const nearest = this.#part('nearest');
    nearest.hidden = questions.length === 0;
    nearest.lastElementChild.replaceChildren(...questionButtons(questions, this.#actions.ask));
  }

  #chips(sources) {
    const open = () => this.#actions.inspect(this.turn, 'sources');
    const chip = ({ id, title }) => h('li', {}, h('button', { type: 'button', class: 'chip', testid: 'source', title, onclick: open },
      h('span', { class: 'chip-id' }, id), ' ', h('span', { class: 'chip-title' }, title)));
    const more = sources.length - MAX_CHIPS;
    return h('ul', { class: 'chips', 'aria-label': 'Sources', testid: 'sources' }, sources.slice(0, MAX_CHIPS).map(chip),
      more > 0 && h('li', {}, h('button', { type: 'button', class: 'chip', onclick: open }, `Show ${more} more`)));
  }

  #tools(turn) {
    return h('div', { class: 'tools' },
      turn.text && tool('copy', 'Copy this answer', ({ currentTarget }) => this.#actions.copy(turn.text, currentTarget)),
      turn.requestId && tool('link', 'Copy a link to this turn', ({ currentTarget }) => this.#actions.copyLink(turn, currentTarget)),
      turn.status === 'completed' && tool('again', 'Answer again in a new lane', () => this.#actions.branch(turn)),
      turn.status === 'completed' && tool('edit', 'Edit the question in a new lane', () => this.#actions.branch(turn, { edit: true })));
  }
}

function stageWords(lane, turn) {
  switch (turn.status) {
    case 'unsent':
      if (turn.withdrawn) return 'Withdrawing… The server may already have this question.';
      return turn.sendAgainAt ? `${unsentWords(turn)} Next attempt in ${secondsLeft(turn.sendAgainAt)} s` : 'Sending…';
    case 'unknown':
      return 'Loading…';
    case 'queued':
      return turn.withdrawn ? 'Withdrawing…' : queued(lane.ahead(turn), turn.startsAt, turn.waitReason);
    case 'retrying':
      return retryWords(turn);
    case 'running':
      return turn.text ? '' : turn.stage || 'Working…';
    default:
      return '';
  }
}

function unsentWords({ sent, overloaded }) {
  if (overloaded) return 'The server is overloaded.';
  return sent ? 'Not confirmed yet.' : 'Not sent yet.';
}

function retryWords({ attempt, retryAt }) {
  const when = retryAt ? `in ${secondsLeft(retryAt)} s` : 'soon';
  return `Attempt ${attempt} failed. The next attempt starts ${when}`;
}

function confidenceBar(confidence) {
  const word = confidenceWord(confidence);
  return h('span', {
    class: 'confidence', 'data-word': word, testid: 'confidence', title: '0 is low, 1 is high',
  }, bar(confidence), h('span', {}, `Confidence ${confidence.toFixed(2)} (${word})`));
}
