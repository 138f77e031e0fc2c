package io.turnlane.processor.memory;

import io.turnlane.model.Answer;
import io.turnlane.model.EndCause;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnError;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.memory.Begun.Ending;
import io.turnlane.processor.memory.RedisScripts.Reply;
import io.turnlane.processor.memory.SessionMemory.Decision;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What scripts say of how turns end. Safe for threads. */
final class StoredReplies {

    private final StoredMemory stored;
    private final WireFormat wire;

    StoredReplies(StoredMemory stored, WireFormat wire) {
        this.stored = stored;
        this.wire = wire;
    }

    /** A question that was merged into another. */
    private record Absorbed(String question) {}

    List<String> absorbed(SessionKey session, byte[] json) {
        try {
            return json.length == 0
                    ? List.of()
                    : Stream.of(wire.read(json, Absorbed[].class))
                            .map(Absorbed::question)
                            .toList();
        } catch (UnreadableRecordException e) {
            throw new IllegalStateException(
                    "questions merged into one of " + session.sessionId() + " can't be read", e);
        }
    }

    Decision decision(SessionKey session, Reply reply) {
        Map<RequestId, Ending> over = new LinkedHashMap<>();
        for (Reply one : reply.replies(1)) {
            over.put(RequestId.parse(one.word()), ending(session, one.from(1)));
        }
        List<RequestId> unwanted = reply.blobs(2).stream()
                .map(id -> RequestId.parse(new String(id, StandardCharsets.UTF_8)))
                .toList();
        return new Decision(over, unwanted);
    }

    Settled settled(SessionKey session, Reply reply) {
        return switch (reply.word()) {
            case "STORED" -> new Settled.Stored();
            case "UNWANTED" -> new Settled.Unwanted();
            case "ENDED" -> new Settled.Ended(ending(session, reply));
            case "FENCED" -> new Settled.Fenced();
            case "GONE" -> new Settled.Gone();
            default -> throw unexpected(reply);
        };
    }

    /**
     * A completed turn whose answer was damaged can't be told as it ended, nor run again: from now on it has failed.
     */
    Ending ending(SessionKey session, Reply reply) {
        RequestStatus status = RequestStatus.of(reply.text(1));
        int attempt = reply.number(2);
        boolean quarantined = reply.number(5) == 1;
        if (status == RequestStatus.COMPLETED) {
            Answer answer = stored.answer(session, reply.bytes(3));
            return answer == null
                    ? new Ending(RequestStatus.FAILED, attempt, null, Endings.UNREADABLE, quarantined)
                    : new Ending(status, attempt, answer, null, quarantined);
        }
        EndCause cause = cause(reply.text(6), reply.text(7));
        return new Ending(status, attempt, null, error(reply.bytes(4)), quarantined, cause);
    }

    private static @Nullable EndCause cause(String reason, String by) {
        return reason.isEmpty() ? null : new EndCause(reason, by.isEmpty() ? null : RequestId.parse(by));
    }

    private @Nullable TurnError error(byte[] json) {
        try {
            return json.length == 0 ? null : wire.read(json, TurnError.class);
        } catch (UnreadableRecordException e) {
            return Endings.UNREADABLE;
        }
    }

    /** What any script says of a turn that isn't to be run. */
    Begun.Over over(SessionKey session, Reply reply) {
        return reply.word().equals("ENDED") ? new Begun.Ended(ending(session, reply)) : notOurs(reply);
    }

    /** What any script says of a turn of somebody else's, or of nobody's. */
    static Begun.NotOurs notOurs(Reply reply) {
        return switch (reply.word()) {
            case "FENCED" -> new Begun.Fenced();
            case "ERASED" -> new Begun.Erased();
            default -> throw unexpected(reply);
        };
    }

    private static IllegalStateException unexpected(Reply reply) {
        return new IllegalStateException("unexpected reply of a script: " + reply.word());
    }
}
