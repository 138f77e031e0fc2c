/**
 * Negative controls: switch off a promise on purpose, to show that the checker finds violations. The product itself has
 * no such switches.
 */
@NullMarked
package io.turnlane.chaos.control;

import org.jspecify.annotations.NullMarked;
