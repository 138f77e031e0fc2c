/** What the benchmarks compare: Turnlane, the floors, and what a user would write instead. */
@NullMarked
package io.turnlane.bench.subject;

import org.jspecify.annotations.NullMarked;
