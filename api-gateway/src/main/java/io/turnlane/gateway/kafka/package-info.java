/** Consumers and topics of Kafka, for all packages that read records. */
@NullMarked
package io.turnlane.gateway.kafka;

import org.jspecify.annotations.NullMarked;
