/** Faults: their kinds, their injection into a rig, and the requirements that they add to a run. */
@NullMarked
package io.turnlane.chaos.fault;

import org.jspecify.annotations.NullMarked;
