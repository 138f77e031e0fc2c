package io.turnlane.log;

import static io.turnlane.log.HeaderText.add;

import io.turnlane.model.Priority;
import io.turnlane.model.RecordHeaders;
import io.turnlane.model.SessionCommand;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.TurnPolicy;
import io.turnlane.model.WireFormat;
import org.apache.kafka.common.header.Headers;

/**
 * Headers of session commands on the turns topic. With these headers, a lane can work on a turn without reading its
 * value, and readers can skip records without parsing them.
 */
public final class CommandHeaders {

    private CommandHeaders() {}

    /**
     * Adds all headers that follow from the command.
     *
     * @param source program that publishes the command: the {@code source} attribute of CloudEvents, such as
     *     {@code /turnlane/gateway}
     */
    public static void addTo(Headers headers, SessionCommand command, String source) {
        add(headers, RecordHeaders.TYPE, command.type());
        add(headers, RecordHeaders.REQUEST_ID, command.requestId().toString());
        add(headers, RecordHeaders.SCHEMA_VERSION, WireFormat.SCHEMA_VERSION);
        if (command.userId() != null) {
            add(headers, RecordHeaders.USER_ID, command.userId());
        }
        if (command instanceof Ask ask) {
            addOptions(headers, ask);
        }
        add(headers, RecordHeaders.CE_ID, command.requestId().toString());
        add(headers, RecordHeaders.CE_TYPE, "io.turnlane." + command.type());
        add(headers, RecordHeaders.CE_SOURCE, source);
        add(headers, RecordHeaders.CE_SPECVERSION, "1.0");
    }

    private static void addOptions(Headers headers, Ask ask) {
        add(headers, RecordHeaders.AGENT, ask.agent());
        if (ask.policy() != TurnPolicy.ENQUEUE) {
            add(headers, RecordHeaders.POLICY, ask.policy().wire());
        }
        if (ask.priority() != Priority.NORMAL) {
            add(headers, RecordHeaders.PRIORITY, ask.priority().wire());
        }
        if (ask.deadline() != null) {
            long at = ask.createdAt().plus(ask.deadline()).toEpochMilli();
            add(headers, RecordHeaders.DEADLINE, Long.toString(at));
        }
        if (ask.callbackUrl() != null) {
            add(headers, RecordHeaders.CALLBACK_URL, ask.callbackUrl().toString());
        }
    }
}
