package io.turnlane.processor.memory;

import io.turnlane.model.Answer;
import io.turnlane.model.EndCause;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnError;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.memory.BeginResult.TurnEnding;
import io.turnlane.processor.memory.RedisScripts.Reply;
import io.turnlane.processor.memory.SessionMemory.PolicyDecision;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What scripts say of how turns end. Safe for threads. */
final class ScriptReplies {

    private final StoredValueReader stored;
    private final WireFormat wire;

    ScriptReplies(StoredValueReader stored, WireFormat wire) {
        this.stored = stored;
        this.wire = wire;
    }

    /** A question that was merged into another. */
    private record MergedQuestion(String question) {}

    List<String> mergedQuestions(SessionKey session, byte[] json) {
        try {
            return json.length == 0
                    ? List.of()
                    : Stream.of(wire.read(json, MergedQuestion[].class))
                            .map(MergedQuestion::question)
                            .toList();
        } catch (UnreadableRecordException e) {
            throw new IllegalStateException(
                    "questions merged into one of " + session.sessionId() + " can't be read", e);
        }
    }

    PolicyDecision decision(SessionKey session, Reply reply) {
        Map<RequestId, TurnEnding> over = new LinkedHashMap<>();
        for (Reply one : reply.replies(1)) {
            over.put(RequestId.parse(one.word()), ending(session, one.tail(1)));
        }
        List<RequestId> unwanted = reply.blobs(2).stream()
                .map(id -> RequestId.parse(new String(id, StandardCharsets.UTF_8)))
                .toList();
        return new PolicyDecision(over, unwanted);
    }

    SettleResult settled(SessionKey session, Reply reply) {
        return switch (reply.word()) {
            case "STORED" -> new SettleResult.Stored();
            case "UNWANTED" -> new SettleResult.CancelInstead();
            case "ENDED" -> new SettleResult.EndedOtherwise(ending(session, reply));
            case "FENCED" -> new SettleResult.SettleFenced();
            case "GONE" -> new SettleResult.TurnLost();
            default -> throw unexpected(reply);
        };
    }

    /**
     * A completed turn whose answer was damaged can't be told as it ended, nor run again: from now on it has failed.
     */
    TurnEnding ending(SessionKey session, Reply reply) {
        RequestStatus status = RequestStatus.of(reply.text(1));
        int attempt = reply.number(2);
        boolean quarantined = reply.number(5) == 1;
        if (status == RequestStatus.COMPLETED) {
            Answer answer = stored.answer(session, reply.bytes(3));
            return answer == null
                    ? new TurnEnding(RequestStatus.FAILED, attempt, null, MemoryErrors.UNREADABLE, quarantined)
                    : new TurnEnding(status, attempt, answer, null, quarantined);
        }
        EndCause cause = cause(reply.text(6), reply.text(7));
        return new TurnEnding(status, attempt, null, error(reply.bytes(4)), quarantined, cause);
    }

    private static @Nullable EndCause cause(String reason, String by) {
        return reason.isEmpty() ? null : new EndCause(reason, by.isEmpty() ? null : RequestId.parse(by));
    }

    private @Nullable TurnError error(byte[] json) {
        try {
            return json.length == 0 ? null : wire.read(json, TurnError.class);
        } catch (UnreadableRecordException e) {
            return MemoryErrors.UNREADABLE;
        }
    }

    /** What any script says of a turn that isn't to be run. */
    BeginResult.NothingToRun nothingToRun(SessionKey session, Reply reply) {
        return reply.word().equals("ENDED") ? new BeginResult.AlreadyEnded(ending(session, reply)) : notOwned(reply);
    }

    /** What any script says of a turn of somebody else's, or of nobody's. */
    static BeginResult.NotOwned notOwned(Reply reply) {
        return switch (reply.word()) {
            case "FENCED" -> new BeginResult.Fenced();
            case "ERASED" -> new BeginResult.Erased();
            default -> throw unexpected(reply);
        };
    }

    private static IllegalStateException unexpected(Reply reply) {
        return new IllegalStateException("unexpected reply of a script: " + reply.word());
    }
}
