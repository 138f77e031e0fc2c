package io.turnlane.trace;

/** Role of a span in its trace: OpenTelemetry's kinds of spans. */
public enum SpanRole {
    SERVER,
    CLIENT,
    PRODUCER,
    CONSUMER,
    INTERNAL
}
