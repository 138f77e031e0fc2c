import { h } from '../../js/dom.js';
import { bytes, count, rate, seconds, section } from './figures.js';
import { Grid } from './grid.js';

/** *Gateways and providers*: the edges of the installation: clients on one side, model services on the other. */
export function gateways() {
  const grid = new Grid({
    label: 'Gateways', testid: 'gateways', empty: 'No gateway has announced itself.',
    columns: [
      { title: 'Gateway', value: ({ gateway }) => gateway, mono: true },
      { title: 'Clients', value: ({ clients }) => count(clients), align: 'right' },
      { title: 'Streams', value: ({ streams }) => count(streams), align: 'right', wide: true },
      { title: 'Sockets', value: ({ sockets }) => count(sockets), align: 'right', wide: true },
      { title: 'Asks / s', value: ({ accepted_per_second: accepted }) => rate(accepted), align: 'right' },
      { title: 'Events / s', value: ({ delivered_per_second: delivered }) => rate(delivered), align: 'right' },
      { title: 'Not sent yet', value: ({ waiting_bytes: waiting, max_waiting_bytes: most }) => `${bytes(waiting)} of ${bytes(most)}`, align: 'right', wide: true },
      { title: 'Expected wait', value: ({ expected_wait: wait }) => (wait > 0 ? seconds(wait) : 'none'), align: 'right', wide: true },
      { title: 'Rejected / min', value: ({ refusals }) => words(refusals) },
      { title: 'Dropped / min', value: ({ drops }) => words(drops), wide: true },
      { title: 'Kafka', value: ({ kafka_available: available }) => (available ? 'reachable' : 'not reachable') },
    ],
  });
  const services = new Grid({
    label: 'Models of providers', testid: 'services', empty: 'No agent has called a model since the processors started.',
    columns: [
      { title: 'Provider', value: ({ provider }) => provider },
      { title: 'Model', value: ({ model }) => model, mono: true },
      { title: 'Host', value: ({ host }) => host, mono: true, wide: true },
      { title: 'Processor', value: ({ processor }) => processor, mono: true, wide: true },
      { title: 'Permits in use', value: ({ permits, free }) => `${count(permits - free)} of ${count(permits)}`, align: 'right' },
      { title: 'Calls waiting', value: ({ waiting }) => count(waiting), align: 'right' },
      { title: 'Rate limit', value: ({ paused_for: pause }) => (pause >= 1 ? `next call in ${seconds(pause)}` : '') },
      { title: 'Circuit breaker', value: ({ broken }) => (broken ? 'open: recent calls failed' : 'closed') },
    ],
  });
  const backends = h('p', { class: 'note', testid: 'backends' });
  const element = h('div', {}, backends, grid.element, section('Models of providers', services.element));
  const update = (report) => {
    backends.textContent = `Redis ${report.redis_available ? 'answers' : 'does not answer'}. Kafka ${report.kafka_available ? 'answers' : 'does not answer'} the gateway that serves this page.`;
    grid.update(report.gateways.map((each) => ({ ...each, key: each.gateway, state: each.kafka_available ? '' : 'failing' })));
    services.update(report.processors.flatMap(({ processor, services: own }) => own.map((each) => ({
      ...each, processor, key: `${processor} ${each.provider} ${each.model} ${each.host}`, state: each.broken ? 'failing' : each.waiting > 0 ? 'waiting' : '',
    }))));
  };
  return { element, update };
}

function words(counts) {
  const entries = Object.entries(counts).sort(([, a], [, b]) => b - a);
  return entries.map(([reason, times]) => `${reason.replaceAll('_', ' ')}: ${count(times)}`).join(', ') || 'none';
}
