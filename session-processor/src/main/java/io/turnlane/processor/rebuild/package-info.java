/**
 * Detection of memory that Redis has lost, and its rebuild from the log, partition by partition, while the partition's
 * lanes wait. Redis is a cache of the log, which holds the same data for as long as it retains events.
 */
@NullMarked
package io.turnlane.processor.rebuild;

import org.jspecify.annotations.NullMarked;
