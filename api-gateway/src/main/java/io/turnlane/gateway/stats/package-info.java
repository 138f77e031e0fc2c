/** Live figures. */
@NullMarked
package io.turnlane.gateway.stats;

import org.jspecify.annotations.NullMarked;
