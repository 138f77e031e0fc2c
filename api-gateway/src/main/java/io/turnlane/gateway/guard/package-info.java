/** Packages that guard turns: they identify callers, and reject calls that are forbidden or too many. */
@NullMarked
package io.turnlane.gateway.guard;

import org.jspecify.annotations.NullMarked;
