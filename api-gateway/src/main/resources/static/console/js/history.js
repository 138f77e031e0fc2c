const SECONDS = 300;

/** The figures of the last minutes, for plots. They are those that this page has received since it was opened. */
export class History {
  #points = [];

  add({ totals, failures }) {
    const failed = failures.reduce((sum, { turns }) => sum + turns, 0);
    this.#points.push({ ...totals, failed });
    if (this.#points.length > SECONDS) this.#points.shift();
  }

  /** Returns the values of a figure, oldest first. Missing values are null. */
  series(name) {
    return this.#points.map((point) => point[name] ?? null);
  }

  static get length() {
    return SECONDS;
  }
}
