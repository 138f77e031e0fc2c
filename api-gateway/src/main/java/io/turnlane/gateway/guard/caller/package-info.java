/** The caller of a request and its permissions. */
@NullMarked
package io.turnlane.gateway.guard.caller;

import org.jspecify.annotations.NullMarked;
