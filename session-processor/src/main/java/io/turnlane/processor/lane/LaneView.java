package io.turnlane.processor.lane;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * State of a lane at one moment.
 *
 * @param inState time since the lane entered its state
 * @param items number of items, including one that runs
 * @param head first item
 * @param firstWaiting first item that is not running; null if the lane has none
 */
public record LaneView<K, T>(
        K key,
        LaneState state,
        Duration inState,
        int items,
        T head,
        @Nullable T firstWaiting) {}
