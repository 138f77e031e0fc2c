/** Live statistics. */
@NullMarked
package io.turnlane.gateway.operations.stats;

import org.jspecify.annotations.NullMarked;
