/** Endpoints and commands that create, read, change, export, import, fork and delete sessions. */
@NullMarked
package io.turnlane.gateway.turns.sessions;

import org.jspecify.annotations.NullMarked;
