import DOMPurify from '../lib/dompurify/purify.es.mjs';
import { Marked } from '../webjars/marked/lib/marked.esm.js';

/**
 * Answers are untrusted. Markdown is converted to HTML, DOMPurify removes everything that is not listed here, and the
 * page receives nodes, never strings. Nothing is fetched: an image becomes a link.
 */
const ALLOWED_TAGS = [
  'a', 'b', 'blockquote', 'br', 'code', 'del', 'em', 'h3', 'h4', 'h5', 'h6', 'hr', 'i', 'kbd', 'li', 'mark',
  'ol', 'p', 'pre', 's', 'strong', 'sub', 'sup', 'table', 'tbody', 'td', 'th', 'thead', 'tr', 'u', 'ul',
];
/** Attributes that are not URLs. */
const ADD_URI_SAFE_ATTR = ['align', 'start', 'lang', 'data-lang'];
const ALLOWED_ATTR = ['href', 'title', ...ADD_URI_SAFE_ATTR];
const PLAIN_MARK = /^<\/?(?:b|br|del|em|i|kbd|mark|s|strong|sub|sup|u)\s*\/?>$/i;
const ALLOWED_URI_REGEXP = /^(?:https?:\/\/|mailto:)/i;

const marked = new Marked({
  gfm: true,
  renderer: {
    /** The question is an h2, so headings of an answer begin at h3. */
    heading({ tokens, depth }) {
      const level = Math.min(6, depth + 2);
      return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>`;
    },
    /** Shows HTML tags of an answer as text. Only tags for formats that Markdown lacks take effect. */
    html({ text, block }) {
      if (block) return `<p>${escape(text.trim())}</p>`;
      return PLAIN_MARK.test(text) ? text : escape(text);
    },
    image({ href, text, title }) {
      return `<a href="${escape(href)}" title="${escape(title ?? 'Open the image')}">${escape(text || href)}</a>`;
    },
    checkbox({ checked }) {
      return checked ? '☑ ' : '☐ ';
    },
    code({ text, lang }) {
      const language = (lang ?? '').match(/^[\w+#.-]+/)?.[0] ?? '';
      return `<pre data-lang="${escape(language)}"><code>${escape(text)}\n</code></pre>`;
    },
  },
});

DOMPurify.addHook('afterSanitizeAttributes', (node) => {
  if (node.nodeName !== 'A') return;
  node.setAttribute('target', '_blank');
  node.setAttribute('rel', 'noopener noreferrer');
});

function escape(text) {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** Converts HTML to nodes. Keeps only text and `span` elements with a class. */
export function spansOnly(html) {
  return DOMPurify.sanitize(html, { ALLOWED_TAGS: ['span'], ALLOWED_ATTR: ['class'], RETURN_DOM_FRAGMENT: true });
}

function sanitised(html) {
  return DOMPurify.sanitize(html, {
    ALLOWED_TAGS, ALLOWED_ATTR, ALLOWED_URI_REGEXP, ADD_URI_SAFE_ATTR, ALLOW_DATA_ATTR: false, RETURN_DOM_FRAGMENT: true,
  });
}

/**
 * Shows a growing Markdown text. Blocks that did not change keep their elements, so a selection survives and nothing
 * jumps. `decorate` is called with each new top-level element.
 */
export class MarkdownView {
  #element;
  #decorate;
  #blocks = [];

  constructor(element, decorate = () => {}) {
    this.#element = element;
    this.#decorate = decorate;
  }

  show(text) {
    const tokens = marked.lexer(text);
    const same = this.#blocks.findIndex((block, i) => block.raw !== tokens[i]?.raw);
    const keep = same < 0 ? this.#blocks.length : same;
    for (const block of this.#blocks.splice(keep)) block.nodes.forEach((node) => node.remove());
    for (const token of tokens.slice(keep)) this.#append(token);
  }

  #append(token) {
    const fragment = sanitised(marked.parser([token]));
    const nodes = [...fragment.childNodes];
    this.#element.append(fragment);
    this.#blocks.push({ raw: token.raw, nodes });
    nodes.filter((node) => node.nodeType === Node.ELEMENT_NODE).forEach((node) => this.#decorate(node, this.#blocks.at(-1)));
  }
}
