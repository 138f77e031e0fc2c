/**
 * Code for records in Kafka that all programs share: headers, partitions, reading a range of the log, and the settings
 * and the setup of topics.
 */
@NullMarked
package io.turnlane.log;

import org.jspecify.annotations.NullMarked;
