/** Names, settings and checks of the Kafka topics. */
@NullMarked
package io.turnlane.model.topic;

import org.jspecify.annotations.NullMarked;
