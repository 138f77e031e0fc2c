package io.turnlane.processor.lane;

/**
 * Load of a {@link LaneScheduler} at one moment.
 *
 * @param slots maximum number of lanes that run at once
 * @param freeSlots number of slots that are free
 * @param readyLanes number of lanes that wait for a slot
 * @param runs number of completed runs of items since the scheduler was created
 * @param runNanos total time of these runs, in nanoseconds
 */
public record LaneLoad(int slots, int freeSlots, int readyLanes, long runs, long runNanos) {}
