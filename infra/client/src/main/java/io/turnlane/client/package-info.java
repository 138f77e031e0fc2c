/** A Java client for Turnlane's HTTP API: asks questions, follows turns across reconnects, and cancels them. */
@NullMarked
package io.turnlane.client;

import org.jspecify.annotations.NullMarked;
