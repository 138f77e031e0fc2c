/** What a check found: violations with their evidence, and how much was looked at. */
@NullMarked
package io.turnlane.chaos.check.finding;

import org.jspecify.annotations.NullMarked;
