package io.turnlane.chaos.check.facts;

import io.turnlane.chaos.history.RunFolder.Located;
import io.turnlane.chaos.history.TopicRecord;
import java.util.BitSet;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What is known of one request. Filled while the files are read, then only read. */
public final class RequestFacts {

    private static final Set<String> ENDS = Set.of("completed", "failed", "cancelled", "superseded", "rejected");

    /** Its record on the turns topic, the first where there are twins. */
    public record LoggedQuestion(int partition, long offset, long timestamp, String where) {}

    /** Its end on the events topic, the first where there are twins. */
    public record RequestEnd(
            String type,
            int attempt,
            long offset,
            long timestamp,
            @Nullable String text,
            @Nullable String error,
            String where) {

        /** Given up by whoever looked at it next, while the last call may go on in a process that is frozen. */
        public boolean givenUp() {
            return "poison".equals(error) || "expired".equals(error);
        }

        /** Ends that come in the order of the log; the others may overtake, and so may what never began in time. */
        public boolean followsLogOrder() {
            return completed() || (type.equals("failed") && !neverBegan());
        }

        private boolean neverBegan() {
            return attempt == 0 && "deadline_exceeded".equals(error);
        }

        public boolean completed() {
            return type.equals("completed");
        }
    }

    /** The first time that a client was told that it is accepted. */
    public record FirstAcceptance(long time, String where) {}

    private final String id;
    private final TreeMap<Integer, BitSet> addEvent = new TreeMap<>();
    private String session;
    private @Nullable String canary;
    private @Nullable LoggedQuestion logged;
    private @Nullable RequestEnd end;
    private @Nullable FirstAcceptance accepted;
    private long quarantinedAt = Long.MAX_VALUE;

    RequestFacts(String id, String session) {
        this.id = id;
        this.session = session;
    }

    /** Whether an event of this type ends its request. */
    public static boolean isTerminal(@Nullable String type) {
        return type != null && ENDS.contains(type);
    }

    void logged(Located<TopicRecord> turn, String ofSession) {
        TopicRecord record = turn.line();
        if (logged == null) {
            logged = new LoggedQuestion(record.partition(), record.offset(), record.timestamp(), turn.where());
            canary = record.canary();
            session = ofSession;
        }
    }

    void accepted(long time, String where, String asked) {
        if (accepted == null || time < accepted.time()) {
            accepted = new FirstAcceptance(time, where);
        }
        if (canary == null) {
            canary = asked;
        }
    }

    /** Notes an event that a client may see; twins, and late words of an attempt that was replaced, are none. */
    void addEvent(Located<TopicRecord> event) {
        TopicRecord record = event.line();
        if (end != null) {
            return;
        }
        if (isTerminal(record.type())) {
            end = new RequestEnd(
                    String.valueOf(record.type()),
                    record.attempt(),
                    record.offset(),
                    record.timestamp(),
                    record.text(),
                    record.error(),
                    event.where());
        } else if (record.attempt() > 0 && (addEvent.isEmpty() || record.attempt() >= addEvent.lastKey())) {
            addEvent.computeIfAbsent(record.attempt(), _ -> new BitSet()).set(record.seq());
        }
    }

    void quarantined(long at) {
        quarantinedAt = Math.min(quarantinedAt, at);
    }

    public String id() {
        return id;
    }

    public String session() {
        return session;
    }

    public @Nullable String canary() {
        return canary;
    }

    public @Nullable LoggedQuestion logged() {
        return logged;
    }

    public @Nullable RequestEnd end() {
        return end;
    }

    public @Nullable FirstAcceptance accepted() {
        return accepted;
    }

    /** Whether a copy of it stands in quarantine. */
    public boolean quarantined() {
        return quarantinedAt != Long.MAX_VALUE;
    }

    /** When it was put aside or ended, whichever was first; never is {@link Long#MAX_VALUE}. */
    public long doneAt() {
        return end == null ? quarantinedAt : Math.min(end.timestamp(), quarantinedAt);
    }

    /** The attempts of which the topic holds events. */
    public Set<Integer> attempts() {
        return addEvent.keySet();
    }

    /** Whether the topic holds all that this attempt said, up to the last that it holds. */
    public boolean isComplete(int attempt) {
        BitSet seqs = addEvent.get(attempt);
        return seqs == null || seqs.nextClearBit(0) == seqs.length();
    }

    /** The first number that the topic holds of this attempt from {@code seq} on; -1 for none. */
    public int nextSeq(int attempt, int seq) {
        BitSet seqs = addEvent.get(attempt);
        return seqs == null ? -1 : seqs.nextSetBit(seq);
    }
}
