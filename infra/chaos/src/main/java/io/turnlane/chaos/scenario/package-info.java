/** Scenarios: their faults and load, their requirements beyond the invariants, and their measurements. */
@NullMarked
package io.turnlane.chaos.scenario;

import org.jspecify.annotations.NullMarked;
