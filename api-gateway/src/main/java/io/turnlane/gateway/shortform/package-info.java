/** The short forms: one call, one answer. */
@NullMarked
package io.turnlane.gateway.shortform;

import org.jspecify.annotations.NullMarked;
