package io.turnlane.chaos.load;

/**
 * Interruption of a stream that a gateway served again later.
 *
 * @param gateway index of the gateway that broke the stream, the first being 0
 * @param cutAt time of the break, on the run's clock
 * @param resumedAt time at which a gateway served the stream again
 */
public record Resumption(int gateway, long cutAt, long resumedAt) {}
