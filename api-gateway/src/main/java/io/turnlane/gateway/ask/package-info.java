/** Validation, acceptance and publication of questions. */
@NullMarked
package io.turnlane.gateway.ask;

import org.jspecify.annotations.NullMarked;
