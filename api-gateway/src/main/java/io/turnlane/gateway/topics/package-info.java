/** Settings of Kafka topics. */
@NullMarked
package io.turnlane.gateway.topics;

import org.jspecify.annotations.NullMarked;
