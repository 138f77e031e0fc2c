/** Systems that the benchmarks compare: Turnlane, the floors, and the programs that a user would write instead. */
@NullMarked
package io.turnlane.bench.subject;

import org.jspecify.annotations.NullMarked;
