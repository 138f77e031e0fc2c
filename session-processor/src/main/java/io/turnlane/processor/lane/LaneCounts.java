package io.turnlane.processor.lane;

/**
 * Counts of a {@link LaneScheduler} at one moment.
 *
 * @param lanes number of lanes
 * @param running number of lanes that run
 * @param items number of items in all lanes, including those that run
 */
public record LaneCounts(int lanes, int running, int items) {}
