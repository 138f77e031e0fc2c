import { bar, fromTemplate, h, oncePerFrame, setText, tool } from './dom.js';
import { Hairline } from './hairline.js';
import { MarkdownView } from './markdown.js';
import { artifactView, toOpenLarge } from './artifacts.js';
import { confidenceWord, ending, failure, queued, refusal, secondsLeft } from './words.js';

const MAX_CHIPS = 4;

/** A turn on the page: the question, its hairline, the answer and its sources. */
export class TurnView {
  #lane;
  #actions;
  #part;
  #hairline;
  #markdown;
  #shownText = '';
  #shownArtifacts = null;
  #shownFoot = '';
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
    this.#markdown = new MarkdownView(this.#part('answer'), decorate);
    const [again, edit] = this.#part('notice').querySelectorAll('button');
    again.onclick = () => actions.askAgain(turn);
    edit.onclick = () => actions.edit(turn);
    this.update();
    this.#text();
  }

  update() {
    const turn = this.turn;
    this.element.dataset.state = turn.status;
    if (turn.requestId) this.element.dataset.requestId = turn.requestId;
    setText(this.#part('question'), turn.question);
    this.#hairline.update();
    this.#stageLine();
    if (turn.isTerminal) this.#text();
    else this.#refreshText();
    if (this.#shownArtifacts !== turn.artifacts) this.#showArtifacts();
    this.#noticeLine();
    this.#footLine();
  }

  tick(now) {
    if (this.turn.isOpen || this.turn.status === 'unsent') this.#hairline.tick(now);
    if (this.turn.sendAgainAt || this.turn.retryAt) this.#stageLine();
  }

  #stageLine() {
    const stage = this.#part('stage');
    setText(stage, stageWords(this.#lane, this.turn));
    stage.hidden = stage.textContent === '';
  }

  #text() {
    if (this.turn.text === this.#shownText) return;
    this.#shownText = this.turn.text;
    this.#markdown.show(this.#shownText);
  }

  #showArtifacts() {
    this.#shownArtifacts = this.turn.artifacts;
    this.#part('artifacts').replaceChildren(...(this.#shownArtifacts ?? []).map(artifactView));
  }

  #noticeLine() {
    const { error } = this.turn;
    const notice = this.#part('notice');
    const text = noticeWords(this.turn);
    notice.hidden = !text;
    if (text) setText(notice.firstElementChild, error?.message ? `${text} ${error.message}` : text);
  }

  #footLine() {
    const { isTerminal, answer } = this.turn;
    const { confidence, sources = [] } = answer ?? {};
    const shows = `${isTerminal} ${confidence} ${sources.length}`;
    if (this.#shownFoot === shows) return;
    this.#shownFoot = shows;
    const foot = this.#part('turn-foot');
    foot.hidden = !isTerminal;
    foot.replaceChildren(...[
      confidence != null && confidenceBar(confidence),
      sources.length > 0 && this.#chips(sources),
      this.#tools(this.turn),
    ].filter(Boolean));
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
      turn.requestId && tool('link', 'Copy a link to this turn', ({ currentTarget }) => this.#actions.copyLink(turn, currentTarget)));
  }
}

function stageWords(lane, turn) {
  switch (turn.status) {
    case 'unsent':
      return turn.sendAgainAt ? `Not sent yet. Next attempt in ${secondsLeft(turn.sendAgainAt)} s` : 'Sending…';
    case 'unknown':
      return 'Loading…';
    case 'queued':
      return queued(lane.ahead(turn));
    case 'retrying':
      return retryWords(turn);
    case 'running':
      return turn.text ? '' : turn.stage || 'Working…';
    default:
      return '';
  }
}

function retryWords({ attempt, retryAt }) {
  const when = retryAt ? `in ${secondsLeft(retryAt)} s` : 'soon';
  return `Attempt ${attempt} failed. The next attempt starts ${when}`;
}

function noticeWords(turn) {
  if (turn.status === 'failed') return failure(turn);
  if (turn.status === 'refused') return refusal(turn.problem);
  return turn.isTerminal && turn.status !== 'completed' ? ending(turn) : '';
}

function confidenceBar(confidence) {
  const word = confidenceWord(confidence);
  return h('span', {
    class: 'confidence', 'data-word': word, testid: 'confidence', title: '0 is low, 1 is high',
  }, bar(confidence), h('span', {}, `Confidence ${confidence.toFixed(2)} (${word})`));
}

/** Puts tables and code into a frame that scrolls, with a button to enlarge them. */
function decorate(node, block) {
  if (node.nodeName !== 'TABLE' && node.nodeName !== 'PRE') return;
  const frame = h('div', { class: 'wide', role: 'group', tabindex: '0', 'aria-label': node.nodeName === 'TABLE' ? 'Table' : 'Code' });
  node.replaceWith(frame);
  frame.append(toOpenLarge(node, 'wide-open'), node);
  block.nodes[block.nodes.indexOf(node)] = frame;
}
