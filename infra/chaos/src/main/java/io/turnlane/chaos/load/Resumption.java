package io.turnlane.chaos.load;

/**
 * A stream that broke and was served again.
 *
 * @param gateway that broke it, the first being 0
 * @param cutAt when it broke, on the run's clock
 * @param resumedAt when a gateway served it again
 */
public record Resumption(int gateway, long cutAt, long resumedAt) {}
