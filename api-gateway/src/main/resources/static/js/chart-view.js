import { h } from './dom.js';
import { draw } from './charts.js';

/** A change of the width in pixels that is too small to draw a chart again. */
const SAME_WIDTH = 8;
const LOWEST = 240;
const NARROW = 480;
/** Functions that draw a chart again, by its element. */
const charts = new WeakMap();
const sizes = new ResizeObserver((entries) => entries.forEach(({ target }) => charts.get(target)?.()));
const redrawAll = () => document.querySelectorAll('.chart').forEach((element) => charts.get(element)?.({ theme: true }));

new MutationObserver(redrawAll).observe(document.documentElement, { attributeFilter: ['data-theme'] });
for (const query of ['(prefers-color-scheme: dark)', '(forced-colors: active)']) {
  matchMedia(query).addEventListener('change', redrawAll);
}

/**
 * Returns a chart. Its picture fits the element's width and has the colours of the theme. `onFailure` is called if the
 * chart cannot be drawn; the element then shows the reason and the text alternative.
 */
export function chartView(spec, alt, onFailure = () => {}) {
  const element = h('div', { class: 'chart', testid: 'chart', 'data-state': 'drawing' }, h('p', {}, alt));
  let shown = 0;
  const redraw = async ({ theme = false } = {}) => {
    const width = Math.floor(element.clientWidth);
    if (width === 0 || (!theme && Math.abs(width - shown) < SAME_WIDTH)) return;
    shown = width;
    const height = Math.max(LOWEST, Math.min(Math.round(width * 0.45), Math.round(innerHeight * 0.5)));
    try {
      const svg = await draw({ spec, width, height, config: config(element, width, height) });
      if (shown !== width) return;
      element.replaceChildren(h('img', { alt, src: `data:image/svg+xml,${encodeURIComponent(svg)}` }));
      element.dataset.state = 'drawn';
    } catch (error) {
      element.replaceChildren(h('p', { class: 'chart-error', testid: 'chart-error' }, `The chart cannot be shown: ${error.message}`), h('p', {}, alt));
      element.dataset.state = 'failed';
      onFailure();
    }
  };
  charts.set(element, redraw);
  sizes.observe(element);
  return element;
}

/** Returns Vega's configuration with the fonts and colours of the page. What a specification sets itself has priority. */
function config(element, width, height) {
  const styles = getComputedStyle(element);
  const probe = h('i', { hidden: true });
  element.append(probe);
  const colour = (name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const [ink, soft, line, mark, accent, wash] = ['ink', 'soft', 'line', 'mark', 'accent', 'accent-wash'].map(colour);
  const category = ['accent', 'memory', 'failure', 'delivered', 'mark', 'caution'].map(colour);
  probe.remove();
  const words = { labelColor: soft, titleColor: soft, labelFontSize: 12, titleFontSize: 12, titleFontWeight: 'normal' };
  return {
    font: styles.fontFamily,
    background: 'transparent',
    padding: 2,
    axis: { ...words, gridColor: line, domainColor: mark, tickColor: mark, labelFlush: false, titlePadding: 8 },
    axisX: { tickCount: Math.max(3, Math.floor(width / 90)) },
    axisY: { tickCount: Math.floor(height / 45) },
    legend: { ...words, orient: 'top', ...(width < NARROW && { columns: 2 }) },
    header: words,
    title: { color: ink, fontSize: 13, anchor: 'start' },
    view: { stroke: null, continuousWidth: Math.min(width, 320), continuousHeight: height, discreteHeight: { step: 28 } },
    mark: { color: accent },
    line: { strokeWidth: 2.5 },
    text: { color: ink },
    rule: { color: soft },
    range: { category, heatmap: [wash, accent], ramp: [wash, accent] },
  };
}
