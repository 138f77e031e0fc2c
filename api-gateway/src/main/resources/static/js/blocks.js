import { h, tool } from './dom.js';
import { toOpenLarge } from './artifacts.js';
import { highlight } from './highlight.js';

/** A table with more columns shows its rows as lists on a phone. */
const FEW_COLUMNS = 3;
const MAX_QUESTION = 200;

/**
 * Returns a function for MarkdownView that puts tables and code into frames that scroll, and sets the direction of each
 * block from its own text. `copy(text, button)` copies a block of code.
 */
export function decorator(copy) {
  return (node, block) => {
    node.dir = node.nodeName === 'PRE' ? 'ltr' : 'auto';
    for (const part of node.querySelectorAll('li, th, td, p, h3, h4, h5, h6')) part.dir = 'auto';
    if (node.nodeName === 'PRE') replace(block, node, codeFrame(node, copy));
    else if (node.nodeName === 'TABLE') replace(block, node, tableFrame(node));
  };
}

function replace(block, node, frame) {
  const inner = frame.querySelector('.content');
  node.replaceWith(frame);
  inner.append(node);
  block.nodes[block.nodes.indexOf(node)] = frame;
}

function codeFrame(pre, copy) {
  const code = pre.firstElementChild;
  const { lang = '' } = pre.dataset;
  highlight(code, lang.toLowerCase());
  return h('div', { class: 'framed code', testid: 'code' },
    h('div', { class: 'frame-head' }, h('span', {}, lang || 'text'),
      tool('copy', 'Copy this code', ({ currentTarget }) => copy(code.textContent, currentTarget)),
      toOpenLarge(pre)),
    h('div', { class: 'wide content', role: 'group', tabindex: '0', 'aria-label': `Code${lang && `, ${lang}`}` }));
}

function tableFrame(table) {
  const names = [...table.querySelectorAll('thead th')].map((cell) => cell.textContent);
  if (names.length > FEW_COLUMNS) asLists(table, names);
  return h('div', { class: 'framed' },
    h('div', { class: 'frame-head' }, h('span', {}, 'Table'), toOpenLarge(table)),
    h('div', { class: 'wide content', role: 'group', tabindex: '0', 'aria-label': 'Table' }));
}

/** Prepares a table for a style that shows each row as a list. With that style, a table needs explicit roles. */
function asLists(table, names) {
  table.classList.add('stacks');
  table.setAttribute('role', 'table');
  for (const part of table.querySelectorAll('thead, tbody')) part.setAttribute('role', 'rowgroup');
  for (const row of table.rows) {
    row.setAttribute('role', 'row');
    [...row.cells].forEach((cell, i) => {
      cell.setAttribute('role', cell.nodeName === 'TH' ? 'columnheader' : 'cell');
      cell.dataset.label = names[i] ?? '';
    });
  }
}

/** Turns the list items of an answer that are questions into buttons that ask them. */
export function makeQuestionsAskable(answer, ask) {
  for (const item of answer.querySelectorAll('li')) {
    const question = item.textContent.trim();
    if (item.querySelector('a, button, ul, ol') || !/[?？؟]$/.test(question) || question.length > MAX_QUESTION) continue;
    item.replaceChildren(h('button', { type: 'button', class: 'ask-this', testid: 'ask-this', onclick: () => ask(question) }, question));
  }
}

/** Returns list items with buttons that ask these questions. */
export function questionButtons(questions, ask) {
  return questions.map((question) => h('li', {},
    h('button', { type: 'button', class: 'suggestion', testid: 'suggestion', dir: 'auto', onclick: () => ask(question) }, question)));
}
