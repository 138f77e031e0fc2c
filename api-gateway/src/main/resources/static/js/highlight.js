import { spansOnly } from './markdown.js';

/** Delay in milliseconds before a block is coloured. A block that still grows is replaced before it ends. */
const QUIET = 300;
const MAX_LENGTH = 50_000;
const LIBRARY = new URL('../webjars/highlightjs/highlight.min.js', import.meta.url).href;
let library = null;

/** Colours a block of code. The library is loaded with the first block whose language is named. */
export function highlight(code, language) {
  if (!language || code.textContent.length > MAX_LENGTH) return;
  setTimeout(async () => {
    if (!code.isConnected) return;
    const hljs = await (library ??= load()).catch(() => null);
    if (!hljs?.getLanguage(language) || !code.isConnected) return;
    code.replaceChildren(spansOnly(hljs.highlight(code.textContent, { language, ignoreIllegals: true }).value));
  }, QUIET);
}

/** The library is a classic script: it sets a global. */
function load() {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = LIBRARY;
    script.onload = () => resolve(window.hljs);
    script.onerror = () => {
      library = null;
      reject(new Error('not loaded'));
    };
    document.head.append(script);
  });
}
