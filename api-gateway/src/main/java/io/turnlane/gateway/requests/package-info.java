/** The request resource: read it, wait for its end, see its timeline. */
@NullMarked
package io.turnlane.gateway.requests;

import org.jspecify.annotations.NullMarked;
