/** Time that the worker has to draw a chart, in milliseconds. */
const LIMIT = 10_000;

let worker = null;
let earlier = Promise.resolve();

/**
 * Draws a Vega-Lite specification and returns the SVG. The library is loaded with the first chart. Charts are drawn one
 * after another. A worker that takes too long is stopped, so that no specification can block the page.
 */
export function draw(job) {
  const drawn = earlier.then(() => drawNow(job));
  earlier = drawn.catch(() => {});
  return drawn;
}

async function drawNow(job) {
  if (worker === null) {
    worker = new Worker(new URL('./chart-worker.js', import.meta.url), { type: 'module' });
    await reply({});
  }
  const { svg, error } = await reply(job, LIMIT);
  if (error) throw new Error(error);
  return svg;
}

/** Sends a message to the worker and returns its reply. */
function reply(message, limit) {
  return new Promise((resolve, reject) => {
    const fail = (why) => {
      clearTimeout(timer);
      worker.terminate();
      worker = null;
      reject(new Error(why));
    };
    const timer = limit && setTimeout(() => fail('drawing it takes too long.'), limit);
    worker.onmessage = ({ data }) => {
      clearTimeout(timer);
      resolve(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      fail('the chart library could not be loaded.');
    };
    worker.postMessage(message);
  });
}
