/** Turns that were put aside: list them, look at one, ask one again. */
@NullMarked
package io.turnlane.gateway.quarantine;

import org.jspecify.annotations.NullMarked;
