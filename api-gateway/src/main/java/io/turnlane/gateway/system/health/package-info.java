/** Health indicators of the gateway. */
@NullMarked
package io.turnlane.gateway.system.health;

import org.jspecify.annotations.NullMarked;
