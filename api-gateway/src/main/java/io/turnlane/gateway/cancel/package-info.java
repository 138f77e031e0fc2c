/** Stopping a request: noted in its record, told to its owner. */
@NullMarked
package io.turnlane.gateway.cancel;

import org.jspecify.annotations.NullMarked;
