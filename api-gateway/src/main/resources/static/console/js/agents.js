import { h } from '../../js/dom.js';
import { announce } from '../../js/shell.js';
import { actionButton, confirmed, count, seconds, section } from './figures.js';
import { Grid } from './grid.js';

/** *Agents and routes*: load and failures of each agent, and how routes share questions out among agents. */
export function agents({ api }) {
  const grid = new Grid({
    label: 'Agents', testid: 'agents', empty: 'No processor offers an agent.',
    columns: [
      { title: 'Agent', value: ({ agent }) => agent || '(none named)' },
      { title: 'Offered by', value: ({ processors }) => (processors === 0 ? 'nobody' : processors === 1 ? '1 processor' : `${processors} processors`), align: 'right' },
      { title: 'Running', value: ({ running }) => count(running), align: 'right' },
      { title: 'Waiting', value: ({ waiting }) => count(waiting), align: 'right' },
      { title: 'Failed in a minute', value: ({ failed }) => count(failed), align: 'right' },
      { title: 'Mean time of a call', value: ({ mean_time: time }) => (time === null ? 'unknown' : seconds(time)), align: 'right' },
    ],
  });
  const failure = h('p', { class: 'failure', role: 'alert', testid: 'route-failure', hidden: true });
  const routes = new Grid({
    label: 'Targets of routes', testid: 'routes', empty: 'No route is configured.',
    columns: [
      { title: 'Route', value: ({ route }) => route },
      { title: 'Agent', value: ({ agent }) => agent },
      { title: 'Weight', value: ({ weight }) => count(weight), align: 'right' },
      { title: 'Share', value: ({ share }) => `${Math.round(share * 100)} %`, align: 'right' },
      { title: 'Taken out', value: ({ taken_out: out }) => out?.reason ?? '', wide: true },
      { title: 'Action', actions: (current) => [weightForm(current, (weight) => change(current(), weight))] },
    ],
  });

  async function change({ route, agent, weight: before }, weight) {
    failure.hidden = true;
    const sure = await confirmed({
      title: `Change the route ${route}?`,
      text: `New sessions are shared out by the new weights at once. The weight of ${agent} changes from ${before} to ${weight}.`,
      action: 'Change the weight',
    });
    if (!sure) return;
    try {
      const path = `/v1/agents/${encodeURIComponent(route)}`;
      const { definition } = await api.get(path);
      const targets = definition.targets.map((target) => (target.agent === agent ? without(target, weight) : target));
      await api.put(path, { ...definition, targets });
      announce(`The weight of ${agent} is now ${weight}.`);
    } catch (error) {
      failure.textContent = `The weight was not changed: ${error.message}`;
      failure.hidden = false;
    }
  }

  const element = h('div', {}, grid.element, section('Routes', failure, routes.element));
  const update = (report) => {
    grid.update(report.agents.map((each) => ({ ...each, key: each.agent, state: each.processors === 0 ? 'failing' : '' })));
    routes.update(report.routes.flatMap(({ route, targets }) => {
      const sum = targets.reduce((all, { weight }) => all + weight, 0);
      return targets.map((target) => ({
        ...target, route, share: sum === 0 ? 0 : target.weight / sum, key: `${route} ${target.agent}`, state: target.taken_out ? 'failing' : '',
      }));
    }));
  };
  return { element, update };
}

/** Returns the target with another weight. An agent that was taken out takes questions again. */
function without({ taken_out: _takenOut, ...target }, weight) {
  return { ...target, weight };
}

function weightForm(current, onChange) {
  const field = h('input', { type: 'number', min: '0', max: '1000000', step: '1', required: true, testid: 'weight', 'aria-label': 'New weight' });
  const button = actionButton('Set', async () => {
    if (!field.reportValidity()) return;
    await onChange(Number(field.value));
    field.value = '';
  }, 'set-weight');
  field.onfocus = () => {
    field.ariaLabel = `New weight of ${current().agent} in the route ${current().route}`;
  };
  return h('span', { class: 'weight' }, field, button);
}
