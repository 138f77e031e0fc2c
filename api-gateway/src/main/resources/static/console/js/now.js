import { h } from '../../js/dom.js';
import { addressOf } from './address.js';
import { Figures, count, rate, seconds, section, since } from './figures.js';
import { Grid } from './grid.js';
import { Plot } from './plot.js';

/** *Now*: what is wrong, and the load of the whole installation. */
export function now({ history }) {
  const problems = h('ul', { class: 'problems', testid: 'problems', hidden: true });
  const figures = new Figures({
    accepted: 'Accepted / s', ended: 'Ended / s', running: 'Turns running', waiting: 'Turns waiting',
    p50: 'Answer time p50', p95: 'Answer time p95', p99: 'Answer time p99', expected: 'Expected wait',
    oldest: 'Longest waiting turn', lag: 'Not read yet', clients: 'Clients connected', slots: 'Slots',
  }, 'figures');
  const plots = [
    new Plot({ title: 'In and out, per second', format: rate, testid: 'plot-rate', series: [{ name: 'accepted_per_second', title: 'accepted' }, { name: 'ended_per_second', title: 'ended' }] }),
    new Plot({ title: 'Answer time of the last minute', format: seconds, testid: 'plot-time', series: [{ name: 'p50', title: 'p50' }, { name: 'p95', title: 'p95' }, { name: 'p99', title: 'p99' }] }),
    new Plot({ title: 'Turns', format: (value) => count(Math.round(value)), testid: 'plot-turns', series: [{ name: 'running', title: 'running' }, { name: 'waiting', title: 'waiting' }, { name: 'failed', title: 'failed in a minute' }] }),
  ];
  const failures = new Grid({
    label: 'Turns that failed in the last minute', empty: 'No turn failed.', testid: 'failures',
    columns: [{ title: 'Error code', value: ({ code }) => code, mono: true }, { title: 'Agent', value: ({ agent }) => agent }, { title: 'Turns', value: ({ turns }) => count(turns), align: 'right' }],
  });
  const refusals = reasons('Questions and calls rejected in the last minute', 'Nothing was rejected.', 'refusals');
  const drops = reasons('Clients disconnected in the last minute', 'No client was disconnected.', 'drops');
  const element = h('div', {}, problems, figures.element,
    h('div', { class: 'plots' }, plots.map((plot) => plot.element)),
    h('div', { class: 'columns' },
      section('Failed turns, last minute', failures.element),
      section('Rejected, last minute', refusals.element),
      section('Disconnected, last minute', drops.element)));
  const update = (report) => {
    showProblems(problems, report.health.problems);
    figures.update(values(report));
    plots.forEach((plot) => plot.update(history));
    failures.update(report.failures.map((failure) => ({ ...failure, key: `${failure.code} ${failure.agent}` })));
    refusals.update(rows(report.refusals));
    drops.update(rows(report.drops));
  };
  return { element, update };
}

function showProblems(list, problems) {
  const shown = problems.map(({ level, code, sentence, view }) =>
    h('li', { 'data-level': level, 'data-code': code, testid: 'problem' }, h('a', { href: addressOf(view) }, sentence)));
  // Links that have the focus must not be replaced while their text is the same.
  const same = list.children.length === shown.length && shown.every((item, i) => item.isEqualNode(list.children[i]));
  if (!same) list.replaceChildren(...shown);
  list.hidden = shown.length < 2; // the head of the page already shows a single problem
}

function values({ at, totals, longest_waiting: longest }) {
  return {
    accepted: rate(totals.accepted_per_second),
    ended: rate(totals.ended_per_second),
    running: count(totals.running),
    waiting: count(totals.waiting),
    p50: seconds(totals.p50),
    p95: seconds(totals.p95),
    p99: seconds(totals.p99),
    expected: totals.expected_wait === 0 ? 'none' : seconds(totals.expected_wait),
    oldest: longest ? since(longest.lane.waiting.asked_at, at) : 'none',
    lag: count(totals.lag),
    clients: count(totals.clients),
    slots: count(totals.slots),
  };
}

function reasons(label, empty, testid) {
  return new Grid({
    label, empty, testid,
    columns: [{ title: 'Reason', value: ({ reason }) => reason.replaceAll('_', ' ') }, { title: 'Times', value: ({ times }) => count(times), align: 'right' }],
  });
}

function rows(counts) {
  return Object.entries(counts)
    .map(([reason, times]) => ({ key: reason, reason, times }))
    .sort((a, b) => b.times - a.times);
}
