/**
 * Simulated clients that ask, follow and poll through the public HTTP API, and record everything that they do and see.
 */
@NullMarked
package io.turnlane.chaos.load;

import org.jspecify.annotations.NullMarked;
