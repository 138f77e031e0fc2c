/** What all programs share about records in Kafka: headers, partitions, and reading a range of the log. */
@NullMarked
package io.turnlane.log;

import org.jspecify.annotations.NullMarked;
