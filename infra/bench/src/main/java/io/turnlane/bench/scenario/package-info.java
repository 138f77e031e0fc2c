/** The scenarios of {@code ./turnlane bench}. */
@NullMarked
package io.turnlane.bench.scenario;

import org.jspecify.annotations.NullMarked;
