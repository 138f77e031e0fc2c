/**
 * Promises switched off on purpose, so that the checker can be seen to find it: a checker that can't fail is worth
 * nothing. All of it is here; the product has no switch.
 */
@NullMarked
package io.turnlane.chaos.control;

import org.jspecify.annotations.NullMarked;
