/** Findings of a check: violations with their evidence, and the number of checks. */
@NullMarked
package io.turnlane.chaos.check.finding;

import org.jspecify.annotations.NullMarked;
