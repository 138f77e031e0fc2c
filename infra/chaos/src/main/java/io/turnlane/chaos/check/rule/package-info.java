/** One class for each thing that must hold. */
@NullMarked
package io.turnlane.chaos.check.rule;

import org.jspecify.annotations.NullMarked;
