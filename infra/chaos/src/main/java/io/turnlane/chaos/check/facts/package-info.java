/** Facts about requests, sessions and lost data, collected from the files of a run and shared by all rules. */
@NullMarked
package io.turnlane.chaos.check.facts;

import org.jspecify.annotations.NullMarked;
