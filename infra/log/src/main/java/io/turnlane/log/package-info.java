/** Code for records in Kafka that all programs share: headers, partitions, and reading a range of the log. */
@NullMarked
package io.turnlane.log;

import org.jspecify.annotations.NullMarked;
