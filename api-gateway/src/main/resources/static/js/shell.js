/** Parts of the page besides the turns: theme, shortcuts, address, connection band, undo. */
import { byId, h, icon, setText } from './dom.js';
import { secondsLeft } from './words.js';

/** Time for which an announcement stays, and the number of announcements that can be present. */
const ANNOUNCEMENT_MS = 10_000;
const MOST_ANNOUNCEMENTS = 20;

const THEMES = { system: 'Theme: system', light: 'Theme: light', dark: 'Theme: dark' };

/** Starts the theme button. `theme-boot.js` has already set the chosen theme. */
export function themeSwitch() {
  const button = byId('theme');
  const chosen = document.documentElement.dataset;
  const show = () => {
    const theme = chosen.theme ?? 'system';
    button.replaceChildren(icon(theme), h('span', {}, THEMES[theme]));
  };
  button.onclick = () => {
    const names = Object.keys(THEMES);
    const next = names[(names.indexOf(chosen.theme ?? 'system') + 1) % names.length];
    if (next === 'system') delete chosen.theme;
    else chosen.theme = next;
    try {
      localStorage.setItem('turnlane.theme', next);
    } catch {
      // Storage is not allowed: the choice is lost with the page.
    }
    show();
  };
  show();
}

/** Handles shortcuts while the user is not typing. `actions`: key → function; false means not handled. */
export function listenToKeys(actions) {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key !== 'Escape' && (isTyping(event.target) || document.querySelector('dialog[open]'))) return;
    const action = actions[event.key];
    if (!action || action() === false) return;
    event.preventDefault();
  });
}

function isTyping(target) {
  return target instanceof HTMLElement && target.matches('textarea, input, select, [contenteditable]');
}

/** Reads the address: `#s=<session>&r=<request>`. */
export function readAddress() {
  const params = new URLSearchParams(location.hash.slice(1));
  return { sessionId: validId(params.get('s')), requestId: validId(params.get('r')) };
}

function validId(id) {
  return id && /^[\w.-]{1,128}$/.test(id) ? id : null;
}

export function addressOf(lane, turn = null) {
  if (!lane.id) return '#';
  return `#s=${lane.id}${turn?.requestId ? `&r=${turn.requestId}` : ''}`;
}

/** The band shown while the connection is lost, with the time to the next attempt. */
export class ConnectionBand {
  #band = byId('band');
  #text = byId('band-text');
  #lost = null;
  #back;

  /** `back`: text after the connection was lost and is back. */
  constructor(onRetry, back = 'Connected again. Answers continue where they stopped.') {
    this.#back = back;
    byId('band-retry').onclick = onRetry;
    setInterval(() => this.#showCountdown(), 250);
  }

  show(lost) {
    const wasLost = this.#lost !== null;
    this.#lost = lost;
    if (lost) {
      this.#band.dataset.state = 'lost';
      this.#band.hidden = false;
      if (!wasLost) announce('Connection lost.');
      this.#showCountdown();
    } else if (wasLost) {
      this.#reconnected();
    }
  }

  #showCountdown() {
    if (!this.#lost) return;
    const seconds = secondsLeft(this.#lost.retryAt);
    setText(this.#text, seconds > 0 ? `Connection lost. Next attempt in ${seconds} s.` : 'Connection lost. Reconnecting…');
  }

  #reconnected() {
    this.#band.dataset.state = 'back';
    setText(this.#text, this.#back);
    announce('Connected again.');
    setTimeout(() => {
      if (!this.#lost) this.#band.hidden = true;
    }, 2_000);
  }
}

/**
 * Announces a text to screen readers. Each text stays for a while, because a screen reader would not read a text that
 * the next one replaces at once: an interrupt ends several turns at the same time.
 */
export function announce(text) {
  const region = byId('announcements');
  const message = h('p', {}, text);
  region.append(message);
  if (region.childElementCount > MOST_ANNOUNCEMENTS) region.firstElementChild.remove();
  setTimeout(() => message.remove(), ANNOUNCEMENT_MS);
}

/** Shows what happened for a few seconds and, if `undo` is given, offers to undo it. `then` runs after that time. */
export class Undo {
  #box = byId('undo');
  #pending = null;

  constructor(milliseconds) {
    this.milliseconds = milliseconds;
    this.#box.style.setProperty('--undo-time', `${milliseconds}ms`);
    byId('undo-button').onclick = () => this.#end()?.undo();
    window.addEventListener('pagehide', () => this.finish());
  }

  offer(text, { undo = null, then = () => {} } = {}) {
    this.finish();
    byId('undo-button').hidden = undo === null;
    this.#pending = { undo, then, timer: setTimeout(() => this.finish(), this.milliseconds) };
    setText(byId('undo-text'), text);
    this.#box.hidden = true;
    requestAnimationFrame(() => {
      this.#box.hidden = this.#pending === null;
    });
    announce(text);
  }

  finish() {
    this.#end()?.then();
  }

  #end() {
    const pending = this.#pending;
    this.#pending = null;
    this.#box.hidden = true;
    clearTimeout(pending?.timer);
    return pending;
  }
}
