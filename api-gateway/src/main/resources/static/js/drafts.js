const PREFIX = 'turnlane.draft.';

/**
 * Questions that the user is still writing. They are in the tab's own storage, so they survive a reload, and two tabs
 * do not overwrite each other's drafts.
 */
export const Drafts = {
  read(lane) {
    try {
      return sessionStorage.getItem(keyOf(lane)) ?? '';
    } catch {
      return '';
    }
  },

  write(lane, text) {
    try {
      if (text) sessionStorage.setItem(keyOf(lane), text);
      else sessionStorage.removeItem(keyOf(lane));
    } catch {
      // Storage is full or not allowed: the draft is lost with the page.
    }
  },
};

function keyOf(lane) {
  return PREFIX + (lane.id ?? (lane.isDraft ? 'new' : lane.createdAt));
}
