/** Who calls. */
@NullMarked
package io.turnlane.gateway.caller;

import org.jspecify.annotations.NullMarked;
