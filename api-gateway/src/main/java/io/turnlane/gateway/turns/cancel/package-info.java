/** Cancellation of requests: the mark in the request record and the wake-up of its owner. */
@NullMarked
package io.turnlane.gateway.turns.cancel;

import org.jspecify.annotations.NullMarked;
