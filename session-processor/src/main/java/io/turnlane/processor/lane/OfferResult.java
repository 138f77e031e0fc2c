package io.turnlane.processor.lane;

/**
 * Result of {@link LaneScheduler#offer}.
 *
 * @param ahead number of items of the same key ahead of the item
 * @param running true if the item got a slot at once
 * @param duplicate true if the lane already held the item, so that it was not added
 */
public record OfferResult(int ahead, boolean running, boolean duplicate) {}
