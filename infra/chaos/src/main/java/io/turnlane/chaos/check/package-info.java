/** Checks a run against the promises, from its files alone and without knowledge of how Turnlane keeps them. */
@NullMarked
package io.turnlane.chaos.check;

import org.jspecify.annotations.NullMarked;
