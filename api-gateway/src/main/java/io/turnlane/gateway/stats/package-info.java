/** Live statistics. */
@NullMarked
package io.turnlane.gateway.stats;

import org.jspecify.annotations.NullMarked;
