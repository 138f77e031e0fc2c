package io.turnlane.chaos.load;

/**
 * Interruption of a stream, until a gateway serves the stream again.
 *
 * @param gateway index of the gateway that broke the stream, from 0
 * @param cutAt time of the break, on the run's clock
 * @param resumedAt time at which a gateway served the stream again
 */
public record Resumption(int gateway, long cutAt, long resumedAt) {}
