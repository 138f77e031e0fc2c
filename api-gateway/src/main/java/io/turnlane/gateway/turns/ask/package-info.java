/** Validation, acceptance and publication of questions. */
@NullMarked
package io.turnlane.gateway.turns.ask;

import org.jspecify.annotations.NullMarked;
