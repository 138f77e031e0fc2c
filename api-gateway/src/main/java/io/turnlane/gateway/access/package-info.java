/** Authentication of callers by API key, token or ticket, and the scopes that routes require. */
@NullMarked
package io.turnlane.gateway.access;

import org.jspecify.annotations.NullMarked;
