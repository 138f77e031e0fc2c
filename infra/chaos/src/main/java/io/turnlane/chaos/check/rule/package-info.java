/** Rules of the checker, one class for each set of related requirements. */
@NullMarked
package io.turnlane.chaos.check.rule;

import org.jspecify.annotations.NullMarked;
