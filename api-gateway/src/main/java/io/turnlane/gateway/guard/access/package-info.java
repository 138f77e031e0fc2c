/** Authentication of callers by API key, token or ticket, and the scopes that routes require. */
@NullMarked
package io.turnlane.gateway.guard.access;

import org.jspecify.annotations.NullMarked;
