/**
 * Negative controls: processors that break a promise on purpose, to show that the checker finds violations. The product
 * itself has no switches for this.
 */
@NullMarked
package io.turnlane.chaos.control;

import org.jspecify.annotations.NullMarked;
