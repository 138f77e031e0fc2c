/** What a run's files say of each request, each session and each loss of state; all rules share it. */
@NullMarked
package io.turnlane.chaos.check.facts;

import org.jspecify.annotations.NullMarked;
