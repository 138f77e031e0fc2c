/** Which processors are alive, what they say of themselves and which agents they offer. */
@NullMarked
package io.turnlane.gateway.fleet;

import org.jspecify.annotations.NullMarked;
