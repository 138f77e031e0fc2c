package io.turnlane.gateway.sessions;

import io.turnlane.gateway.ask.TurnPublisher;
import io.turnlane.gateway.ask.TurnPublisher.NotPublishedException;
import io.turnlane.gateway.deliver.EventStreams;
import io.turnlane.gateway.problem.Refusal;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.SessionCommand;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Commands that change a session's memory: they go through its lane, after what was asked before. */
@Component
final class SessionCommands {

    private final TurnPublisher publisher;
    private final EventStreams streams;

    SessionCommands(TurnPublisher publisher, EventStreams streams) {
        this.publisher = publisher;
        this.streams = streams;
    }

    /** Returns when the log has it. */
    void publish(SessionCommand command, @Nullable String traceparent) {
        try {
            publisher.publish(command, streams.position(command.key()), traceparent);
        } catch (NotPublishedException e) {
            throw new Refusal(
                    ErrorCode.UNAVAILABLE, "the log did not take the command", command.requestId(), e.getCause());
        }
    }
}
