import { h, setText } from '../../js/dom.js';
import { announce } from '../../js/shell.js';
import { age, plural } from '../../js/words.js';
import { addressOf } from './address.js';
import { actionButton, confirmed } from './figures.js';

const PAGE = 100;

/** *Quarantine*: failed turns and unreadable records by error code and agent, and how to ask them again. */
export function quarantine({ api }) {
  const groups = h('div', { class: 'groups', testid: 'groups' });
  const state = h('p', { class: 'note', role: 'status', testid: 'quarantine-state' });
  const failure = h('p', { class: 'failure', role: 'alert', testid: 'quarantine-failure', hidden: true });
  let turns = [];
  let next = null;
  let closed = false;
  const more = actionButton('Load older turns', () => load(next), 'load-more');
  const reload = actionButton('Reload', () => load(null), 'reload');

  async function load(cursor) {
    failure.hidden = true;
    setText(state, 'Loading…');
    try {
      const page = await api.get(`/v1/quarantine?limit=${PAGE}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
      turns = cursor ? [...turns, ...page.turns] : page.turns;
      next = page.next;
      show();
    } catch (error) {
      setText(state, '');
      fail(`The quarantine could not be read: ${error.message}`);
    }
  }

  function fail(text) {
    failure.textContent = text;
    failure.hidden = false;
  }

  function show() {
    if (closed) return;
    const open = new Set([...groups.querySelectorAll('details[open]')].map(({ dataset }) => dataset.group));
    setText(state, turns.length === 0 ? 'The quarantine is empty.' : `${plural(turns.length, 'turn')} shown, newest first${next ? '; there are older ones' : ''}.`);
    more.hidden = next === null;
    groups.replaceChildren(...grouped(turns).map((group, i) => groupView(group, open.size ? open.has(group.name) : i === 0)));
  }

  function groupView({ name, code, agent, turns: members }, isOpen) {
    const redrivable = members.filter(({ redrivable: can, redriven_as: as }) => can && !as);
    const all = actionButton(`Redrive ${plural(redrivable.length, 'turn')}`, () => redriveAll(redrivable), 'redrive-all');
    all.hidden = redrivable.length === 0;
    return h('details', { class: 'group', 'data-group': name, open: isOpen, testid: 'group' },
      h('summary', {}, h('span', { class: 'group-count figure' }, `${members.length}`), h('code', {}, code), h('span', {}, agent ? `of the agent ${agent}` : 'without an agent'),
        h('span', { class: 'group-age' }, latest(members[0]))),
      all, h('ul', {}, members.map(turnView)));
  }

  function turnView(turn) {
    const { id, session_id: session, user_id: user, error, attempts, quarantined_at: at, origin, question, redrivable, redriven_as: as } = turn;
    const text = question ?? (redrivable ? 'The question is hidden: this API key lacks the scope content.' : 'This record holds no question.');
    const button = actionButton('Redrive', () => redriveAll([turn]), 'redrive');
    return h('li', { testid: 'quarantined', 'data-id': id },
      h('p', { class: question ? 'quarantined-question' : 'none', dir: 'auto' }, text),
      h('p', { class: 'quarantined-error' }, error.message),
      session && h('p', { class: 'note' }, 'Session ', h('a', { href: addressOf('session', { id: session, user: user ?? '' }) }, session)),
      h('p', { class: 'note' }, [user && `user ${user}`, plural(attempts, 'attempt'),
        `partition ${origin.partition}`, `offset ${origin.offset}`, new Date(at).toLocaleString(), `id ${id}`].filter(Boolean).join(' · ')),
      as ? h('p', { class: 'note' }, `Asked again as ${as}.`) : redrivable && button);
  }

  /** Asks the questions of turns again, oldest first, so that the questions of a session keep their order. */
  async function redriveAll(members) {
    const sessions = new Set(members.map(({ session_id: session }) => session)).size;
    const sure = await confirmed({
      title: `Redrive ${plural(members.length, 'turn')}?`,
      text: `${members.length === 1 ? 'The question is' : 'The questions are'} asked again, behind the turns that wait in ${members.length === 1 ? 'its session' : plural(sessions, 'session')}.`,
      action: `Redrive ${plural(members.length, 'turn')}`,
    });
    if (!sure) return;
    failure.hidden = true;
    let done = 0;
    try {
      for (const turn of [...members].reverse()) {
        setText(state, `Redriving ${done + 1} of ${members.length}…`);
        const { request_id: as } = await api.post(`/v1/quarantine/${encodeURIComponent(turn.id)}/redrive`);
        turns = turns.map((each) => (each.id === turn.id ? { ...each, redriven_as: as } : each));
        done++;
      }
    } catch (error) {
      fail(`${done} of ${members.length} turns were redriven, then it failed: ${error.message}`);
    }
    show();
    announce(`${plural(done, 'turn')} redriven.`);
  }

  load(null);
  return {
    element: h('div', {}, h('div', { class: 'toolbar' }, state, reload), failure, groups, more),
    close: () => {
      closed = true;
    },
  };
}

function grouped(turns) {
  const groups = new Map();
  for (const turn of turns) {
    const name = `${turn.error.code} ${turn.agent ?? ''}`;
    if (!groups.has(name)) groups.set(name, { name, code: turn.error.code, agent: turn.agent, turns: [] });
    groups.get(name).turns.push(turn);
  }
  return [...groups.values()].sort((a, b) => b.turns.length - a.turns.length);
}

function latest({ quarantined_at: at }) {
  const text = age(Date.parse(at));
  return text === 'now' ? 'latest: now' : `latest: ${text} ago`;
}
