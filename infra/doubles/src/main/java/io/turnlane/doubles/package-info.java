/** Servers for tests that take the place of agents and model services over HTTP, with their faults. */
@NullMarked
package io.turnlane.doubles;

import org.jspecify.annotations.NullMarked;
