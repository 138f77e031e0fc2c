/** The caller of a request and its permissions. */
@NullMarked
package io.turnlane.gateway.caller;

import org.jspecify.annotations.NullMarked;
