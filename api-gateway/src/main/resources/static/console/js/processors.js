import { h } from '../../js/dom.js';
import { announce } from '../../js/shell.js';
import { plural } from '../../js/words.js';
import { sessionAddress } from './address.js';
import { actionButton, confirmed, count, rate, seconds, section } from './figures.js';
import { Grid } from './grid.js';

/** *Processors and partitions*: who runs turns, and which turn keeps a partition from advancing. */
export function processors({ api }) {
  const grid = new Grid({
    label: 'Processors', testid: 'processors', empty: 'No processor is running.',
    columns: [
      { title: 'Processor', value: ({ processor }) => processor, mono: true },
      { title: 'State', value: ({ words }) => words },
      { title: 'Partitions', value: ({ owned }) => owned, align: 'right' },
      { title: 'Running', value: ({ running, slots }) => `${count(running)} of ${count(slots)}`, align: 'right' },
      { title: 'Waiting', value: ({ waiting }) => count(waiting), align: 'right' },
      { title: 'Need a slot', value: ({ ready }) => count(ready), align: 'right', wide: true },
      { title: 'Ended / s', value: ({ ended_per_second: ended }) => rate(ended), align: 'right' },
      { title: 'Lag', value: ({ lag }) => count(lag), align: 'right' },
      { title: 'Oldest turn read', value: ({ oldest_age: age }) => (age > 0 ? `${seconds(age)} ago` : ''), align: 'right', wide: true },
      { title: 'Action', actions: (current) => [actionButton('Evacuate', () => evacuate(current()), 'evacuate')], refresh: ({ words }, [button]) => { button.hidden = words !== 'running'; } },
    ],
  });
  const failure = h('p', { class: 'failure', role: 'alert', testid: 'evacuate-failure', hidden: true });
  let others = 0;

  async function evacuate({ processor, running, owned }) {
    failure.hidden = true;
    const sure = await confirmed({
      title: `Evacuate ${processor}?`,
      text: `It reads no more turns, finishes its ${plural(running, 'running turn')} and gives up its ${plural(owned, 'partition')}. ${others > 0 ? 'Other processors take them over.' : 'No other processor is running, so that turns wait until one starts.'} The process runs on, but takes no turns until it is restarted.`,
      action: 'Evacuate',
    });
    if (!sure) return;
    try {
      await api.post(`/v1/ops/processors/${encodeURIComponent(processor)}/evacuate`);
      announce(`${processor} is being evacuated.`);
    } catch (error) {
      failure.textContent = `The processor was not evacuated: ${error.message}`;
      failure.hidden = false;
    }
  }

  const partitions = new Grid({
    label: 'Partitions of the turns topic', testid: 'partitions', empty: 'No partition has an owner.',
    columns: [
      { title: 'Partition', value: ({ partition }) => partition, align: 'right' },
      { title: 'Owner', value: ({ owner }) => owner ?? 'nobody', mono: true },
      { title: 'Frontier', value: ({ frontier }) => (frontier === undefined ? '' : count(frontier)), align: 'right' },
      { title: 'Open', value: ({ open }) => (open === undefined ? '' : count(open)), align: 'right' },
      { title: 'Lag', value: ({ lag }) => (lag === undefined ? '' : count(lag)), align: 'right' },
      { title: 'Oldest turn read', value: ({ oldest_age: age }) => (age > 0 ? `${seconds(age)} ago` : ''), align: 'right', wide: true },
      { title: 'Held by', value: ({ holder }) => holder?.session_id ?? '', href: ({ holder }) => holder && sessionAddress(holder), mono: true },
      { title: 'Request', value: ({ holder }) => holder?.request_id ?? '', mono: true, wide: true },
      { title: 'Memory', value: ({ rebuilding }) => (rebuilding === null || rebuilding === undefined ? '' : `being restored for ${seconds(rebuilding)}`), wide: true },
    ],
  });
  const note = h('p', { class: 'note' }, 'The frontier is the offset before which all turns are complete. The turn in “Held by” keeps it from advancing.');
  const element = h('div', {}, failure, grid.element, section('Partitions', note, partitions.element));
  const update = (report) => {
    const lost = Object.entries(report.lost_processors).map(([processor, silent]) => ({
      processor, words: `lost, silent for ${seconds(silent)}`, state: 'lost', owned: '', running: 0, slots: 0, waiting: 0, ready: 0, ended_per_second: 0, lag: 0, oldest_age: 0,
    }));
    const alive = report.processors.map((each) => ({ ...each, words: each.stalled >= 60 ? 'stalled' : each.state, owned: each.partitions.length }));
    others = alive.filter(({ words }) => words === 'running').length - 1;
    grid.update([...lost, ...alive].map((each) => ({ ...each, key: each.processor })));
    const unowned = report.unowned_partitions.map((partition) => ({ partition, state: 'unowned' }));
    const owned = report.processors.flatMap(({ processor, partitions: own }) => own.map((each) => ({ ...each, owner: processor })));
    partitions.update([...unowned, ...owned.sort((a, b) => a.partition - b.partition)].map((each) => ({ ...each, key: `${each.partition}` })));
  };
  return { element, update };
}
