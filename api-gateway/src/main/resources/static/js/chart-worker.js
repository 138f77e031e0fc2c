import '../lib/vega/vega.min.js';
import '../lib/vega/vega-lite.min.js';
import { expressionInterpreter } from '../lib/vega/vega-interpreter.js';

/**
 * Draws Vega-Lite charts as SVG, in a worker without access to the page. The content security policy forbids generated
 * code, so expressions are interpreted. Nothing is loaded: the data is in the specification.
 *
 * Message: {spec, width, height, config}; reply: {svg} or {error}. The reply to an empty message is empty.
 */
const { vega, vegaLite } = globalThis;
const MAX_SVG = 2_000_000;
const COMPOSED = ['facet', 'repeat', 'concat', 'hconcat', 'vconcat'];
const pen = new OffscreenCanvas(1, 1).getContext('2d');

/** The width of a text, as in the page. Without a document, Vega only estimates it. */
vega.textMetrics.width = (item, text) => {
  pen.font = vega.font(item);
  const { width } = pen.measureText(text ?? '');
  return item.limit > 0 ? Math.min(width, item.limit) : width;
};

self.onmessage = async ({ data }) => {
  try {
    self.postMessage(data.spec ? { svg: await draw(data) } : {});
  } catch (error) {
    self.postMessage({ error: error instanceof Refusal ? error.message : `its specification is invalid (${error.message}).` });
  }
};

/** An error whose message is a reason for the user. */
class Refusal extends Error {}

async function draw({ spec, width, height, config }) {
  if (refersToData(spec)) throw new Refusal('its data is at another address, and the page loads no data.');
  const log = logger();
  const { spec: compiled } = vegaLite.compile(sized(spec, width, height), { config, logger: log });
  const runtime = vega.parse(compiled, null, { ast: true });
  const view = new vega.View(runtime, { expr: expressionInterpreter, renderer: 'none', loader: offline(), logger: log });
  try {
    const svg = await view.toSVG();
    if (log.failure) throw log.failure;
    if (svg.length > MAX_SVG) throw new Refusal('it has too many marks.');
    return svg;
  } finally {
    view.finalize();
  }
}

/** Returns true if the specification names data by URL, anywhere outside of its inline data. */
function refersToData(part) {
  if (part === null || typeof part !== 'object') return false;
  return Object.entries(part).some(([name, value]) => {
    if (name === 'values' || name === 'datasets') return false;
    return (name === 'data' && value?.url !== undefined) || refersToData(value);
  });
}

/** Fits the specification into the width. A chart that consists of several charts keeps its size. */
function sized({ background: _background, ...spec }, width, height) {
  if (COMPOSED.some((name) => name in spec) || spec.encoding?.row || spec.encoding?.column) return spec;
  if (spec.width?.step) return spec;
  return {
    ...spec, width, autosize: { type: 'fit-x', contains: 'padding' },
    ...(typeof spec.height === 'number' && { height: Math.max(spec.height, height) }),
  };
}

function offline() {
  const refuse = async () => {
    throw new Error('the page loads no data.');
  };
  return { load: refuse, sanitize: refuse, http: refuse, file: refuse };
}

/** Keeps the first error, which Vega logs instead of throwing it. */
function logger() {
  const log = {
    failure: null,
    level: () => log,
    warn: () => log,
    info: () => log,
    debug: () => log,
    error: (error) => {
      log.failure ??= error instanceof Error ? error : new Error(String(error));
      return log;
    },
  };
  return log;
}
