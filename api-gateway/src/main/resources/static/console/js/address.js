/** Addresses of views: `#lanes?agent=kimi&state=running`. */

export function address() {
  const [name, query = ''] = location.hash.slice(1).split('?');
  return { name: name || 'now', params: new URLSearchParams(query) };
}

export function addressOf(name, params = {}) {
  const query = new URLSearchParams(Object.entries(params).filter(([, value]) => value)).toString();
  return `#${name}${query && `?${query}`}`;
}

/** Returns the address of a session of any user. */
export function sessionAddress({ session_id: id, namespace }) {
  return addressOf('session', { id, namespace: namespace === '-' ? '' : namespace });
}

export function go(name) {
  location.hash = addressOf(name);
}

/** Changes the address without a new entry in the browser's history, for example while the user types a filter. */
export function replaceParams(name, params) {
  history.replaceState(null, '', addressOf(name, params));
}
