/** A client of Turnlane's HTTP contract: asks, follows turns over broken connections, and cancels. */
@NullMarked
package io.turnlane.client;

import org.jspecify.annotations.NullMarked;
