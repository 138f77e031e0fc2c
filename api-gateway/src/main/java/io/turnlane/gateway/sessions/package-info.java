/** Sessions: make one, read its context and turns, forget it. */
@NullMarked
package io.turnlane.gateway.sessions;

import org.jspecify.annotations.NullMarked;
