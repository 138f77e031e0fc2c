/** The processes that a benchmark measures, and their use of CPU and memory. */
@NullMarked
package io.turnlane.bench.rig;

import org.jspecify.annotations.NullMarked;
