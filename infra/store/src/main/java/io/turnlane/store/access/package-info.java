/** Tickets that authenticate WebSockets. */
@NullMarked
package io.turnlane.store.access;

import org.jspecify.annotations.NullMarked;
