package io.turnlane.processor.agent.http;

import java.io.IOException;

/** Thrown if a response, or an event of it, exceeds the maximum size. */
public final class TooLargeException extends IOException {

    TooLargeException(long maxBytes) {
        super("larger than " + maxBytes + " bytes");
    }
}
