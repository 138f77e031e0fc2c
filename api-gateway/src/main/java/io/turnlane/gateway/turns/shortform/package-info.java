/** Short forms: endpoints that ask a question and return its answer in one call. */
@NullMarked
package io.turnlane.gateway.turns.shortform;

import org.jspecify.annotations.NullMarked;
