/** The console: shows the figures of all gateways and processors, which one stream delivers, in views with a URL each. */
import { Access } from '../../js/access.js';
import { byId, h, setText } from '../../js/dom.js';
import { ConnectionBand, announce, listenToKeys, themeSwitch } from '../../js/shell.js';
import { EventStream } from '../../js/turnlane-client.js';
import { Api } from './api.js';
import { History } from './history.js';
import { address, go } from './address.js';
import { agents } from './agents.js';
import { gateways } from './gateways.js';
import { lanes } from './lanes.js';
import { now } from './now.js';
import { processors } from './processors.js';
import { quarantine } from './quarantine.js';
import { search } from './search.js';
import { session } from './session.js';

/** Age in milliseconds from which figures are shown as old. */
const OLD = 4_000;
const LEVELS = { ok: 'OK', warning: 'Look here', failure: 'Failing' };

/** Views by name: title, key, and a function that opens the view. */
const VIEWS = {
  now: { title: 'Now', key: '1', open: now },
  lanes: { title: 'Lanes', key: '2', open: lanes },
  processors: { title: 'Processors and partitions', key: '3', open: processors },
  gateways: { title: 'Gateways and providers', key: '4', open: gateways },
  agents: { title: 'Agents and routes', key: '5', open: agents },
  quarantine: { title: 'Quarantine', key: '6', open: quarantine },
  session: { title: 'Session', key: '7', open: session },
  search: { title: 'Search', key: '8', open: search },
};

const access = new Access();
const context = { api: new Api(access), history: new History() };
const band = new ConnectionBand(() => stream.retryNow(), 'Connected again. The figures are live.');
const links = new Map();
let current = { name: null, view: null };
let report = null;
let receivedAt = 0;
let sentence = '';

for (const [name, { title, key }] of Object.entries(VIEWS)) {
  const link = h('a', { href: `#${name}`, testid: `view-${name}`, 'aria-keyshortcuts': key }, title);
  links.set(name, link);
  byId('views').append(h('li', {}, link));
}

function show() {
  const { name, params } = address();
  const view = VIEWS[name] ?? VIEWS.now;
  if (current.name !== name) {
    current.view?.close?.();
    current = { name, view: view.open(context, params) };
    byId('view').replaceChildren(current.view.element);
    byId('scroll').scrollTop = 0;
    document.title = `${view.title} · Turnlane console`;
    setText(byId('title'), view.title);
    for (const [each, link] of links) link.ariaCurrent = VIEWS[each] === view ? 'page' : null;
    links.get(name)?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }
  current.view.params?.(params);
  if (report) current.view.update?.(report);
}

function received(next) {
  report = next;
  receivedAt = Date.now();
  context.history.add(next);
  showHealth(next.health);
  current.view.update?.(next);
}

function showHealth({ level, sentence: text, problems }) {
  byId('health').dataset.level = level;
  setText(byId('level'), LEVELS[level] ?? level);
  setText(byId('sentence'), text);
  byId('sentence').href = `#${problems[0]?.view ?? 'now'}`;
  // Times in a sentence change each second, which is no news for a screen reader.
  const news = text.replace(/\d+/g, '');
  if (news !== sentence && sentence !== '') announce(text);
  sentence = news;
}

function showAge() {
  const age = Date.now() - receivedAt;
  if (receivedAt === 0) return;
  byId('health').classList.toggle('is-old', age > OLD);
  setText(byId('stamp'), age > OLD ? `${Math.round(age / 1000)} s old` : 'live');
}

const stream = new EventStream('/v1/ops/stream', {
  headers: access.headers,
  refused: access.refused,
  onEvent: received,
  onState: (state) => {
    if (state.state !== 'connecting') band.show(state.state === 'lost' ? state : null);
  },
  onEnd: (problem) => {
    const forbidden = problem?.status === 403;
    setText(byId('ended-text'), forbidden
      ? 'This API key lacks the scope ops, which the console requires.'
      : `The server sends no figures: ${problem?.message ?? 'the stream has ended'}.`);
    setText(byId('ended-again'), forbidden ? 'Use another key' : 'Reload the page');
    byId('ended-again').onclick = () => {
      if (forbidden) access.forget();
      location.reload();
    };
    byId('ended').hidden = false;
  },
});

const keys = Object.fromEntries(Object.entries(VIEWS).map(([name, { key }]) => [key, () => go(name)]));
keys['?'] = () => byId('keys').showModal();
keys['/'] = () => {
  const filter = document.querySelector('#view input[type="search"]');
  filter?.focus();
  return filter !== null;
};
byId('key-list').append(
  ...Object.values(VIEWS).map(({ key, title }) => h('div', {}, h('dt', {}, h('kbd', {}, key)), h('dd', {}, title))),
  h('div', {}, h('dt', {}, h('kbd', {}, '/')), h('dd', {}, 'Go to the filter')),
  h('div', {}, h('dt', {}, h('kbd', {}, '?')), h('dd', {}, 'Show this list')),
);
byId('show-keys').onclick = keys['?'];
byId('skip').onclick = (event) => {
  event.preventDefault(); // the address names a view
  byId('main').focus();
};
themeSwitch();
listenToKeys(keys);
addEventListener('hashchange', show);
setInterval(showAge, 1_000);
show();
