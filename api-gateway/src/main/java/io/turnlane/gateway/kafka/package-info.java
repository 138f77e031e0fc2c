/** Consumers with which calls read topics. */
@NullMarked
package io.turnlane.gateway.kafka;

import org.jspecify.annotations.NullMarked;
