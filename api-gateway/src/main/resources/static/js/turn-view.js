import { h, icon, oncePerFrame, setText } from './dom.js';
import { Hairline } from './hairline.js';
import { MarkdownView } from './markdown.js';
import { artifactView, openLarge } from './artifacts.js';
import { confidenceWord, ending, failure, placeInQueue, refusal, secondsLeft } from './words.js';

const MOST_CHIPS = 4;

/** One turn on the page: the question, its hairline, the answer as it comes, and what it rests on. */
export class TurnView {
  #lane;
  #turn;
  #actions;
  #hairline;
  #markdown;
  #shownText = '';
  #shownArtifacts = null;
  #stage = h('p', { class: 'stage', testid: 'stage' });
  #answer = h('div', { class: 'answer', testid: 'answer' });
  #artifacts = h('div', { class: 'artifacts' });
  #notice = h('div', { class: 'notice', testid: 'notice', hidden: true });
  #foot = h('div', { class: 'turn-foot', hidden: true });
  #question = h('h2', { class: 'question', testid: 'question' });
  #refreshText = oncePerFrame(() => this.#text());

  constructor(lane, turn, actions) {
    this.#lane = lane;
    this.#turn = turn;
    this.#actions = actions;
    this.#hairline = new Hairline(turn, {
      onUnfold: () => actions.timeline(turn),
      onEvents: () => actions.inspect(turn, 'events'),
    });
    this.#markdown = new MarkdownView(this.#answer, decorate);
    this.element = h('article', { class: 'turn', testid: 'turn', tabindex: '-1' },
      h('span', { class: 'bead', 'aria-hidden': 'true' }),
      this.#question, this.#hairline.element,
      h('div', { class: 'turn-body' }, this.#stage, this.#answer, this.#artifacts, this.#notice),
      this.#foot);
    this.update();
  }

  get turn() {
    return this.#turn;
  }

  update() {
    const turn = this.#turn;
    this.element.dataset.state = turn.status;
    if (turn.requestId) this.element.dataset.requestId = turn.requestId;
    setText(this.#question, turn.question);
    this.#hairline.update();
    this.#stageLine();
    this.#refreshText();
    if (this.#shownArtifacts !== turn.artifacts) this.#showArtifacts();
    this.#noticeLine();
    if (!this.#foot.hidden !== turn.isTerminal || this.#foot.dataset.for !== footKey(turn)) this.#footLine();
  }

  tick(now) {
    if (this.#turn.isOpen || this.#turn.status === 'unsent') this.#hairline.tick(now);
    if (this.#turn.sendAgainAt || this.#turn.retryAt) this.#stageLine();
  }

  #stageLine() {
    const words = stageWords(this.#lane, this.#turn);
    setText(this.#stage, words);
    this.#stage.hidden = words === '';
  }

  #text() {
    if (this.#turn.text === this.#shownText) return;
    this.#shownText = this.#turn.text;
    this.#markdown.show(this.#shownText);
  }

  #showArtifacts() {
    this.#shownArtifacts = this.#turn.artifacts;
    this.#artifacts.replaceChildren(...(this.#shownArtifacts ?? []).map(artifactView));
  }

  #noticeLine() {
    const turn = this.#turn;
    const said = noticeWords(turn);
    this.#notice.hidden = !said;
    this.#notice.className = `notice ${turn.status === 'failed' || turn.status === 'refused' ? 'is-failure' : ''}`;
    if (!said || this.#notice.dataset.said === said) return;
    this.#notice.dataset.said = said;
    const detail = turn.error?.message;
    this.#notice.replaceChildren(
      h('p', {}, said, detail && h('span', { class: 'notice-detail' }, ` ${detail}`)),
      h('div', { class: 'notice-actions' },
        h('button', { type: 'button', class: 'outlined', testid: 'ask-again', onclick: () => this.#actions.askAgain(turn) }, icon('again'), 'Ask again'),
        h('button', { type: 'button', class: 'quiet', onclick: () => this.#actions.edit(turn) }, 'Edit first')));
  }

  #footLine() {
    const turn = this.#turn;
    this.#foot.hidden = !turn.isTerminal;
    this.#foot.dataset.for = footKey(turn);
    if (!turn.isTerminal) return;
    const { confidence, sources = [] } = turn.answer ?? {};
    this.#foot.replaceChildren(...[
      confidence != null && confidenceBar(confidence),
      sources.length > 0 && this.#chips(sources),
      this.#tools(turn),
    ].filter(Boolean));
  }

  #chips(sources) {
    const open = () => this.#actions.inspect(this.#turn, 'sources');
    const chip = ({ id, title }) => h('li', {}, h('button', { type: 'button', class: 'chip', testid: 'source', title, onclick: open },
      h('span', { class: 'chip-id' }, id), h('span', { class: 'chip-title' }, title)));
    const more = sources.length - MOST_CHIPS;
    return h('ul', { class: 'chips', 'aria-label': 'Sources', testid: 'sources' }, sources.slice(0, MOST_CHIPS).map(chip),
      more > 0 && h('li', {}, h('button', { type: 'button', class: 'chip', onclick: open }, `${more} more`)));
  }

  #tools(turn) {
    const tool = (name, label, act) => h('button', { type: 'button', class: 'tool', title: label, 'aria-label': label, onclick: act }, icon(name));
    return h('div', { class: 'tools' },
      turn.text && tool('copy', 'Copy this answer', ({ currentTarget }) => this.#actions.copy(turn.text, currentTarget)),
      turn.requestId && tool('link', 'Copy a link to this turn', ({ currentTarget }) => this.#actions.copyLink(turn, currentTarget)));
  }
}

function footKey({ status, answer }) {
  return `${status} ${answer?.sources?.length ?? 0}`;
}

function stageWords(lane, turn) {
  switch (turn.status) {
    case 'unsent':
      return turn.sendAgainAt ? `Not sent yet; next try in ${secondsLeft(turn.sendAgainAt)} s` : 'sending';
    case 'unknown':
      return 'reading it back';
    case 'queued':
      return placeInQueue(Math.max(lane.ahead(turn), turn.position));
    case 'retrying':
      return retryWords(turn);
    case 'running':
      return turn.text ? '' : turn.stage || 'working';
    default:
      return '';
  }
}

function retryWords({ attempt, retryAt }) {
  const when = retryAt ? ` in ${secondsLeft(retryAt)} s` : '';
  return `Attempt ${attempt} failed; the next one starts${when}`;
}

function noticeWords(turn) {
  if (turn.status === 'failed') return failure(turn);
  if (turn.status === 'refused') return refusal(turn.problem);
  return turn.isTerminal && turn.status !== 'completed' ? ending(turn) : '';
}

function confidenceBar(confidence) {
  const word = confidenceWord(confidence);
  const bar = h('span', { class: 'confidence-bar' }, h('i'));
  bar.firstChild.style.setProperty('--fill', confidence);
  return h('span', {
    class: 'confidence', 'data-word': word, testid: 'confidence', title: `Confidence ${confidence.toFixed(2)} of 1`,
  }, bar, h('span', {}, word), h('span', { class: 'figure' }, confidence.toFixed(2)));
}

/** Gives wide things a frame to scroll in, and a way to be seen large. */
function decorate(node, block) {
  if (node.nodeName !== 'TABLE' && node.nodeName !== 'PRE') return;
  const frame = h('div', { class: 'wide', role: 'group', tabindex: '0', 'aria-label': node.nodeName === 'TABLE' ? 'Table' : 'Code' });
  node.replaceWith(frame);
  frame.append(h('button', { type: 'button', class: 'tool wide-open', title: 'Open large', 'aria-label': 'Open large', onclick: () => openLarge(node) }, icon('large')), node);
  block.nodes[block.nodes.indexOf(node)] = frame;
}
