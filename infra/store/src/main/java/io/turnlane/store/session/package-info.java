/** Contexts and histories of sessions as clients read them, and the list of each user's sessions. */
@NullMarked
package io.turnlane.store.session;

import org.jspecify.annotations.NullMarked;
