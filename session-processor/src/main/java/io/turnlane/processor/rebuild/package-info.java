/**
 * Memory that was lost is found out and put back from the log, partition by partition, while its lanes wait. Redis is a
 * cache of the log: what it loses, the log still holds for as long as it keeps events.
 */
@NullMarked
package io.turnlane.processor.rebuild;

import org.jspecify.annotations.NullMarked;
