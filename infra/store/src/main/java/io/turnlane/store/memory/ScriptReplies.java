package io.turnlane.store.memory;

import io.turnlane.model.AgentStates;
import io.turnlane.model.Answer;
import io.turnlane.model.EndCause;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.RequestTimes;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnError;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import io.turnlane.store.Reply;
import io.turnlane.store.StoredUsage;
import io.turnlane.store.memory.SessionMemory.PolicyDecision;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Converts the replies with which scripts report that a turn has ended or must not run. Thread-safe. */
record ScriptReplies(StoredValueReader stored, WireFormat wire) {

    /** Index of the times of the request record in the reply of commit.lua. */
    private static final int TIMES = 5;

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
                    "the questions merged into a turn of session " + session.sessionId() + " can't be read", e);
        }
    }

    PolicyDecision decision(SessionKey session, Reply reply) {
        Map<RequestId, TurnEnding> ended = new LinkedHashMap<>();
        for (Reply entry : reply.replies(1)) {
            ended.put(RequestId.parse(entry.word()), ending(session, entry.tail(1)));
        }
        List<RequestId> toCancel = reply.blobs(2).stream()
                .map(id -> RequestId.parse(new String(id, StandardCharsets.UTF_8)))
                .toList();
        return new PolicyDecision(ended, toCancel);
    }

    SettleResult settled(SessionKey session, Reply reply) {
        return switch (reply.word()) {
            case "STORED" -> new SettleResult.Stored(times(reply));
            case "UNWANTED" -> new MemoryResult.CancelRequested();
            case "ENDED" -> new MemoryResult.AlreadyEnded(ending(session, reply));
            case "FENCED" -> new MemoryResult.Fenced();
            case "GONE" -> new SettleResult.TurnLost();
            default -> throw reply.unexpected();
        };
    }

    private static @Nullable RequestTimes times(Reply reply) {
        String times = reply.size() > TIMES ? reply.text(TIMES) : "";
        try {
            return times.isEmpty() ? null : RequestTimes.ofHeader(times);
        } catch (IllegalArgumentException e) {
            return null; // the answer is stored, and gateways read the request record instead
        }
    }

    /**
     * Returns the terminal state of a turn. If the stored answer of a completed turn is damaged, returns
     * {@code FAILED}, because the answer can neither be published nor computed again.
     */
    TurnEnding ending(SessionKey session, Reply reply) {
        RequestStatus status = RequestStatus.of(reply.text(1));
        int attempt = reply.number(2);
        boolean quarantined = reply.number(5) == 1;
        if (status == RequestStatus.COMPLETED) {
            Answer answer = stored.answer(session, reply.bytes(3));
            return answer == null
                    ? new TurnEnding(RequestStatus.FAILED, attempt, null, MemoryErrors.UNREADABLE, quarantined)
                    : new TurnEnding(status, attempt, answer, null, quarantined, states(session, reply.bytes(8)), null);
        }
        EndCause cause = cause(reply.text(6), reply.text(7));
        return new TurnEnding(
                status,
                attempt,
                null,
                error(reply.bytes(4)),
                quarantined,
                null,
                cause,
                StoredUsage.read(reply.text(9)));
    }

    private @Nullable AgentStates states(SessionKey session, byte[] blob) {
        return blob.length == 0 ? null : stored.states(session, blob);
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

    /** Converts the reply for a turn that must not run. */
    MemoryResult.NothingToRun nothingToRun(SessionKey session, Reply reply) {
        return reply.word().equals("ENDED") ? new MemoryResult.AlreadyEnded(ending(session, reply)) : notOwned(reply);
    }

    /** Converts the reply for a turn that the caller must neither run nor end. */
    static MemoryResult.NotOwned notOwned(Reply reply) {
        return switch (reply.word()) {
            case "FENCED" -> new MemoryResult.Fenced();
            case "ERASED" -> new MemoryResult.Erased();
            default -> throw reply.unexpected();
        };
    }
}
