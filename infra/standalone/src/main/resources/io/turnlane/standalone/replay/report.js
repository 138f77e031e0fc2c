'use strict';
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const { summary } = data;
  const turns = data.turns.map(({ turn, noise }) => ({ ...turn, noise }));
  const byId = (id) => document.getElementById(id);
  const NAMES = { recorded: 'Recorded', baseline: 'Baseline', replayed: 'Candidate' };
  const PAGE = 50;
  const MAX_DIFF_WORDS = 1500;

  /** Creates an element. Children that are text become text nodes, so text of answers is never parsed. */
  function element(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== null && value !== false) node.setAttribute(name, value);
    }
    node.append(...children.filter((child) => child !== null));
    return node;
  }

  function svg(tag, attributes = {}, ...children) {
    const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  }

  const number = (value, digits = 0) =>
    value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const percent = (part, whole) => `${number(whole === 0 ? 0 : (100 * part) / whole, 2)} %`;
  const signed = (value, text) => (value > 0 ? '+' : value < 0 ? '−' : '±') + text(Math.abs(value));

  function showHead() {
    const { run } = summary;
    const scope = [
      run.session && `session ${run.session}`, run.user && `user ${run.user}`, run.agent && `agent ${run.agent}`,
      run.status && `status ${run.status}`, run.sample < 1 && `sample ${number(run.sample * 100, 2)} %`,
    ].filter(Boolean);
    byId('what').textContent = [
      `${run.from} to ${run.to}`, ...scope,
      run.as ? `candidate ${run.as}` : 'recorded agents again',
      run.chained ? 'memory chained' : 'memory as recorded',
      summary.complete ? null : 'interrupted: not all turns have been compared',
    ].filter(Boolean).join(' · ');
    for (const gate of summary.gates) {
      byId('gates').append(element('li', { class: gate.failed ? 'failed' : null },
        `${gate.gate}: ${number(gate.turns)} (${number(gate.share * 100, 2)} %) ${gate.failed ? 'failed' : 'passed'}`));
    }
  }

  function showNumbers() {
    const { turns: counts, skipped } = summary;
    const add = (name, value, note, bad) => byId('numbers').append(element('div', { class: bad ? 'bad' : null },
      element('dt', {}, name), element('dd', {}, value, note ? element('small', {}, ` ${note}`) : null)));
    add('Turns compared', number(counts.compared), `${number(counts.sessions)} sessions`);
    add('Same', number(counts.exact), percent(counts.exact, counts.compared));
    add('Different', number(counts.different), percent(counts.different, counts.compared), counts.different > 0);
    if (summary.run.baseline) add('Noise', number(counts.noise), 'the baseline differs as much');
    add('Only form differs', number(counts.normalised - counts.exact), 'case, space, emphasis');
    add('New errors', number(counts.new_errors), `${number(counts.gone_errors)} gone`, counts.new_errors > 0);
    add('Other sources', number(counts.other_sources));
    add('Other tool calls', number(counts.other_tools));
    const { recorded, replayed } = summary.lanes;
    add('Tokens', number(replayed.tokens), `recorded ${number(recorded.tokens)}`);
    if (replayed.cost !== null || recorded.cost !== null) {
      add('Cost', number(replayed.cost ?? 0, 4), `recorded ${number(recorded.cost ?? 0, 4)}`);
    }
    const left = skipped.other_ends + skipped.without_end;
    if (left > 0) add('Not compared', number(left), 'no end to compare with');
    if (counts.incomplete_history > 0) add('Incomplete history', number(counts.incomplete_history));
  }

  /** Shows a figure with its legend and its numbers as a table, for readers who do not see the plot. */
  function showFigure(id, title, lanes, plot, table) {
    byId(id).append(
      element('figcaption', {}, element('strong', {}, title), element('span', { class: 'legend' },
        ...lanes.map((lane) => element('span', { class: `lane-${lane}` }, NAMES[lane])))),
      plot,
      element('details', {}, element('summary', {}, 'Numbers'), table));
  }

  function tableOf(columns, rows) {
    const row = (cell, values) => element('tr', {}, ...values.map((value) => element(cell, {}, value)));
    return element('table', {}, element('thead', {}, row('th', columns)),
      element('tbody', {}, ...rows.map((values) => row('td', values))));
  }

  const WIDTH = 560;
  const HEIGHT = 180;
  const BOTTOM = HEIGHT - 24;
  const LEFT = 8;

  function frame(label, marks) {
    const picture = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': label });
    picture.append(svg('line', { class: 'axis', x1: LEFT, x2: WIDTH, y1: BOTTOM, y2: BOTTOM }));
    for (const [x, text] of marks) {
      const anchor = x < 20 ? 'start' : x > WIDTH - 20 ? 'end' : 'middle';
      picture.append(svg('text', { x, y: HEIGHT - 6, 'text-anchor': anchor }, text));
    }
    return picture;
  }

  /** Bars on a logarithmic scale, because most answers are usually the same and the others matter. */
  function showSimilarity() {
    const lanes = summary.baseline_similarity ? ['baseline', 'replayed'] : ['replayed'];
    const figures = { baseline: summary.baseline_similarity, replayed: summary.similarity };
    const ranges = summary.similarity.histogram.length;
    const most = Math.max(1, ...lanes.flatMap((lane) => figures[lane].histogram));
    const step = (WIDTH - LEFT) / ranges;
    const marks = [0, 0.25, 0.5, 0.75, 1].map((at) => [LEFT + at * (WIDTH - LEFT), String(at)]);
    const picture = frame('Similarity of the answers to the recorded answers', marks);
    lanes.forEach((lane, which) => figures[lane].histogram.forEach((count, range) => {
      if (count === 0) return;
      const height = Math.max(2, ((BOTTOM - 8) * Math.log1p(count)) / Math.log1p(most));
      const width = (step - 3) / lanes.length;
      picture.append(svg('rect', {
        class: `bar lane-${lane}`, x: LEFT + range * step + which * width + 1, y: BOTTOM - height, width, height, rx: 1,
      }, svg('title', {}, `${number(range / ranges, 2)} to ${number((range + 1) / ranges, 2)}: ${number(count)}`)));
    }));
    const rows = summary.similarity.histogram.map((_, range) => [
      `${number(range / ranges, 2)} to ${number((range + 1) / ranges, 2)}`,
      ...lanes.map((lane) => number(figures[lane].histogram[range]))]);
    showFigure('similarity', 'Similarity to the recorded answer (logarithmic)', lanes, picture,
      tableOf(['Similarity', ...lanes.map((lane) => NAMES[lane])], rows));
  }

  function showLatency() {
    const lanes = Object.keys(NAMES).filter((lane) => summary.lanes[lane]);
    const points = (lane) => Object.entries(summary.lanes[lane].latency_ms.histogram)
      .map(([millis, count]) => [Number(millis), count]).sort((a, b) => a[0] - b[0]);
    const longest = Math.max(10, ...lanes.flatMap((lane) => points(lane).map(([millis]) => millis))) * 1.26;
    const x = (millis) => LEFT + ((WIDTH - LEFT) * Math.log10(Math.max(1, millis))) / Math.log10(longest);
    const marks = [];
    for (let at = 1; at <= longest; at *= 10) marks.push([x(at), at < 1000 ? `${at} ms` : `${at / 1000} s`]);
    const picture = frame('Share of the turns that ended within a time', marks);
    for (const at of [0.25, 0.5, 0.75, 1]) {
      const y = BOTTOM - at * (BOTTOM - 8);
      picture.prepend(svg('line', { class: 'grid', x1: LEFT, x2: WIDTH, y1: y, y2: y }));
    }
    for (const lane of lanes) {
      const total = summary.lanes[lane].latency_ms.turns;
      let seen = 0;
      const steps = points(lane).map(([millis, count]) => {
        seen += count;
        return `H${x(millis).toFixed(1)}V${(BOTTOM - (seen / total) * (BOTTOM - 8)).toFixed(1)}`;
      });
      if (total > 0) picture.append(svg('path', { class: `curve lane-${lane}`, d: `M${LEFT} ${BOTTOM}${steps.join('')}H${WIDTH}` }));
    }
    const rows = lanes.map((lane) => {
      const { mean, p50, p95, p99 } = summary.lanes[lane].latency_ms;
      return [NAMES[lane], ...[mean, p50, p95, p99].map((value) => `${number(value)} ms`)];
    });
    showFigure('latency', 'Turns that ended within a time', lanes, picture,
      tableOf(['', 'Mean', 'p50', 'p95', 'p99'], rows));
  }

  const KINDS = {
    all: ['All', () => true],
    text: ['Other text', (turn) => !turn.differences.normalised && turn.differences.error === 'none'],
    form: ['Only form', (turn) => turn.differences.normalised && !turn.differences.exact],
    error_new: ['New error', (turn) => turn.differences.error === 'new'],
    error_gone: ['Error gone', (turn) => turn.differences.error === 'gone'],
    error_changed: ['Error changed', (turn) => turn.differences.error === 'changed'],
    sources: ['Other sources', (turn) => turn.differences.sources < 1],
    artifacts: ['Other artifacts', (turn) => !turn.differences.same_artifacts],
    tools: ['Other tool calls', (turn) => !turn.differences.same_tools],
  };

  /** Returns the difference of two texts as pairs of a kind (same, del, ins) and words; null if they are too long. */
  function difference(before, after) {
    const one = before.split(/(\s+)/);
    const two = after.split(/(\s+)/);
    if (one.length > MAX_DIFF_WORDS || two.length > MAX_DIFF_WORDS) return null;
    const width = two.length + 1;
    const common = new Uint16Array((one.length + 1) * width);
    for (let i = one.length - 1; i >= 0; i--) {
      for (let j = two.length - 1; j >= 0; j--) {
        common[i * width + j] = one[i] === two[j]
          ? common[(i + 1) * width + j + 1] + 1
          : Math.max(common[(i + 1) * width + j], common[i * width + j + 1]);
      }
    }
    const parts = [];
    const add = (kind, text) => {
      if (parts.length > 0 && parts.at(-1)[0] === kind) parts.at(-1)[1] += text;
      else parts.push([kind, text]);
    };
    let i = 0;
    let j = 0;
    while (i < one.length || j < two.length) {
      if (i < one.length && j < two.length && one[i] === two[j]) {
        add('same', one[i]);
        i++;
        j++;
      } else if (j === two.length || (i < one.length && common[(i + 1) * width + j] >= common[i * width + j + 1])) {
        add('del', one[i++]);
      } else {
        add('ins', two[j++]);
      }
    }
    return parts;
  }

  function textOf(outcome, parts, own) {
    if (!outcome.answer) {
      return element('p', { class: 'error' }, `${outcome.error.code}: ${outcome.error.message}`);
    }
    const words = parts === null
      ? [outcome.answer.text]
      : parts.filter(([kind]) => kind === 'same' || kind === own)
        .map(([kind, text]) => (kind === 'same' ? text : element(kind, {}, text)));
    return element('div', { class: 'text' }, ...words);
  }

  function factsOf(outcome) {
    const facts = element('dl');
    const add = (name, value) => facts.append(element('dt', {}, name), element('dd', {}, value));
    if (outcome.latency_ms !== null) add('Time', `${number(outcome.latency_ms)} ms`);
    const { answer, usage } = outcome;
    if (answer && answer.confidence !== null) add('Confidence', number(answer.confidence, 2));
    if (answer && answer.sources.length > 0) {
      add('Sources', answer.sources.map((source) => `${source.title || source.id} (${number(source.score, 2)})`).join(', '));
    }
    if (outcome.tools.length > 0) add('Tools', outcome.tools.join(', '));
    if (usage.model_calls > 0) {
      add('Usage', `${number(usage.model_calls)} calls, ${number(usage.input_tokens)} + ${number(usage.output_tokens)} tokens`
        + (usage.cost === undefined || usage.cost === null ? '' : `, ${usage.cost} ${usage.currency}`));
    }
    return facts;
  }

  function laneOf(turn, lane, parts, own) {
    const outcome = turn[lane];
    const agent = lane === 'replayed' ? turn.candidate : turn.agent;
    const artifacts = outcome.answer && outcome.answer.artifacts.length > 0
      ? element('pre', {}, JSON.stringify(outcome.answer.artifacts, null, 1)) : null;
    return element('section', { class: `lane lane-${lane}` }, element('h3', {}, `${NAMES[lane]}: ${agent}`),
      textOf(outcome, parts, own), artifacts, factsOf(outcome));
  }

  function detailsOf(turn) {
    const parts = turn.recorded.answer && turn.replayed.answer
      ? difference(turn.recorded.answer.text, turn.replayed.answer.text) : null;
    const lanes = element('div', { class: 'lanes' }, laneOf(turn, 'recorded', parts, 'del'));
    if (turn.baseline) lanes.append(laneOf(turn, 'baseline', null, 'same'));
    lanes.append(laneOf(turn, 'replayed', parts, 'ins'));
    const history = `${turn.history} earlier turns` + (turn.missing_turns > 0 ? `, ${turn.missing_turns} missing` : '');
    const where = [`request ${turn.request_id}`, `session ${turn.session_id}`, turn.user_id && `user ${turn.user_id}`,
      turn.asked_at, `partition ${turn.partition} offset ${turn.offset}`, history].filter(Boolean).join(' · ');
    return [element('p', { class: 'full' }, turn.question), element('p', { class: 'facts' }, where), lanes];
  }

  function tagsOf(turn) {
    const { differences } = turn;
    const tags = element('span', { class: 'tags' });
    const add = (text, bad) => tags.append(element('span', { class: bad ? 'tag bad' : 'tag' }, text));
    if (differences.error !== 'none') add(`error ${differences.error}`, differences.error !== 'gone');
    if (differences.normalised && !differences.exact) add('only form');
    if (differences.sources < 1) add('sources');
    if (!differences.same_artifacts) add('artifacts');
    if (!differences.same_tools) add('tools');
    if (differences.confidence) add(`confidence ${signed(differences.confidence, (value) => number(value, 2))}`);
    if (differences.latency_ms) add(`${signed(differences.latency_ms, number)} ms`);
    if (differences.tokens) add(`${signed(differences.tokens, number)} tokens`);
    if (turn.noise) add('noise');
    return tags;
  }

  function turnOf(turn) {
    const { similarity } = turn.differences;
    const score = similarity === null ? '–' : number(similarity, 3);
    const details = element('details', {}, element('summary', {},
      element('span', { class: 'asked' }, turn.question),
      element('span', { class: 'score', title: 'similarity' }, score), tagsOf(turn)));
    details.addEventListener('toggle', () => {
      if (details.open && details.children.length === 1) details.append(...detailsOf(turn));
    });
    return element('li', { class: 'turn' }, details);
  }

  let shown = PAGE;

  function showTurns() {
    const wanted = byId('search').value.trim().toLowerCase();
    const [, matches] = KINDS[byId('kind').value];
    const agent = byId('agent').value;
    const found = turns.filter((turn) => matches(turn)
      && (agent === '' || turn.agent === agent)
      && !(byId('noise').checked && turn.noise)
      && (wanted === '' || turn.words.includes(wanted)));
    const more = summary.turns.different > turns.length ? ` The report has the worst ${number(turns.length)}.` : '';
    byId('count').textContent = `${number(found.length)} of ${number(turns.length)} turns.${more}`;
    byId('turns').replaceChildren(...found.slice(0, shown).map(turnOf));
    byId('more').hidden = found.length <= shown;
  }

  for (const turn of turns) {
    const text = (outcome) => (outcome?.answer ? outcome.answer.text : outcome?.error?.code ?? '');
    turn.words = [turn.question, turn.request_id, turn.session_id, turn.user_id ?? '', text(turn.recorded),
      text(turn.baseline), text(turn.replayed)].join('\n').toLowerCase();
  }
  showHead();
  showNumbers();
  showSimilarity();
  showLatency();
  for (const [value, [name]] of Object.entries(KINDS)) byId('kind').append(element('option', { value }, name));
  byId('agent').append(element('option', { value: '' }, 'All'),
    ...[...new Set(turns.map((turn) => turn.agent))].sort().map((name) => element('option', { value: name }, name)));
  byId('noise-label').hidden = !summary.run.baseline;
  byId('filters').addEventListener('input', () => {
    shown = PAGE;
    showTurns();
  });
  byId('filters').addEventListener('submit', (event) => event.preventDefault());
  byId('more').addEventListener('click', () => {
    shown += PAGE;
    showTurns();
  });
  showTurns();
})();
