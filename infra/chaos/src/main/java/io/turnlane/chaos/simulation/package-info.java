/** Runs the engine under a virtual clock, with faults drawn from a seed, and checks its promises. */
@NullMarked
package io.turnlane.chaos.simulation;

import org.jspecify.annotations.NullMarked;
