/** Calls of the HTTP API by an operator. */
export class Api {
  #access;

  constructor(access) {
    this.#access = access;
  }

  get = (path) => this.#call('GET', path);

  post = (path, body = {}) => this.#call('POST', path, body);

  put = (path, body) => this.#call('PUT', path, body);

  /** Throws an error whose message follows "…: " in a sentence. */
  async #call(method, path, body) {
    const own = this.#access.headers();
    const headers = { Accept: 'application/json', ...(body && { 'Content-Type': 'application/json' }), ...own };
    let response;
    try {
      response = await fetch(path, { method, headers, cache: 'no-store', body: body && JSON.stringify(body) });
    } catch {
      throw new Error('the server cannot be reached');
    }
    if (response.status === 401) {
      await this.#access.refused(own.Authorization);
      return this.#call(method, path, body);
    }
    const json = await response.json().catch(() => null);
    if (!response.ok) throw new Error(json?.detail ?? `the server answered with status ${response.status}`);
    return json;
  }
}
