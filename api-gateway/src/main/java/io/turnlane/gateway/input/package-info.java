/** Checks of JSON from clients, before it is bound to types. */
@NullMarked
package io.turnlane.gateway.input;

import org.jspecify.annotations.NullMarked;
