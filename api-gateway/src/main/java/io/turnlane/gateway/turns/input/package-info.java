/** Checks of JSON from clients, before it is bound to types. */
@NullMarked
package io.turnlane.gateway.turns.input;

import org.jspecify.annotations.NullMarked;
