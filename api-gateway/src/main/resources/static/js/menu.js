/**
 * Makes a menu (a `details` element) close on a click outside and on Escape. Returns a function that closes the menu
 * and returns true if it was open.
 */
export function menu(details) {
  document.addEventListener('click', ({ target }) => {
    if (target.isConnected && !details.contains(target)) details.open = false;
  });
  return () => {
    const { open, firstElementChild } = details;
    details.open = false;
    if (open) firstElementChild.focus();
    return open;
  };
}
