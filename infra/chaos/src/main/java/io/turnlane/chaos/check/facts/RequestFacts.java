package io.turnlane.chaos.check.facts;

import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.history.RunFolder.Located;
import io.turnlane.chaos.history.TopicRecord;
import java.util.BitSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Facts about one request. The facts are added while the files are read, and do not change afterwards. */
public final class RequestFacts {

    /** Record of the request on the turns topic; the first one if there are duplicates. */
    public record LoggedQuestion(int partition, long offset, long timestamp, String where) {}

    /** Terminal event of the request; the first one if there are duplicates. */
    public record RequestEnd(
            String type,
            int attempt,
            long offset,
            long timestamp,
            @Nullable String text,
            @Nullable String error,
            String where) {

        /**
         * Returns true if a processor gave up the request as poison or as expired. No agent call produces such an end.
         */
        public boolean givenUp() {
            return "poison".equals(error) || "expired".equals(error);
        }

        /**
         * Returns true if this end must follow the order of the log. This applies to completed and failed turns, with
         * two exceptions. A turn that did not begin before its deadline can end before earlier turns. A turn whose
         * record was deleted from the topic ends as expired, and can end after later turns. Turns that were cancelled,
         * superseded or rejected can end before earlier turns.
         */
        public boolean followsLogOrder() {
            return completed() || (type.equals("failed") && !missedDeadlineInQueue() && !"expired".equals(error));
        }

        private boolean missedDeadlineInQueue() {
            return attempt == 0 && "deadline_exceeded".equals(error);
        }

        public boolean completed() {
            return type.equals("completed");
        }
    }

    /** First reply that accepted the request. */
    public record FirstAcceptance(long time, String where) {}

    private final String id;
    private final TreeMap<Integer, BitSet> seqsByAttempt = new TreeMap<>();
    private final TreeSet<Long> progress = new TreeSet<>();
    private String session;
    private @Nullable String canary;
    private @Nullable LoggedQuestion logged;
    private @Nullable RequestEnd end;
    private @Nullable FirstAcceptance accepted;
    private long quarantinedAt = Long.MAX_VALUE;
    private boolean reportsLoss;
    private int duplicateEnds;
    private long seenEndAt = Long.MAX_VALUE;

    RequestFacts(String id, String session) {
        this.id = id;
        this.session = session;
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

    /**
     * Adds an event of the events topic. Ignores events that the gateways do not deliver: events after the end, and
     * events of an attempt after a later attempt has begun.
     */
    void addEvent(Located<TopicRecord> event) {
        TopicRecord record = event.line();
        if (end != null) {
            duplicateEnds += HistoryLine.isTerminal(record.type()) ? 1 : 0;
            return;
        }
        reportsLoss |= record.memory() != null;
        if (HistoryLine.isTerminal(record.type())) {
            end = new RequestEnd(
                    String.valueOf(record.type()),
                    record.attempt(),
                    record.offset(),
                    record.timestamp(),
                    record.text(),
                    record.error(),
                    event.where());
        } else if (record.attempt() > 0 && (seqsByAttempt.isEmpty() || record.attempt() >= seqsByAttempt.lastKey())) {
            seqsByAttempt.computeIfAbsent(record.attempt(), _ -> new BitSet()).set(record.seq());
        }
    }

    void quarantined(long at) {
        quarantinedAt = Math.min(quarantinedAt, at);
    }

    void agentCalled(long at) {
        progress.add(at);
    }

    void endSeen(long at) {
        progress.add(at);
        seenEndAt = Math.min(seenEndAt, at);
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

    /** Returns true if a started event of the request reports that its session lost memory. */
    public boolean reportsLoss() {
        return reportsLoss;
    }

    /** Returns true if quarantine has a copy of the request. */
    public boolean quarantined() {
        return quarantinedAt != Long.MAX_VALUE;
    }

    /**
     * Returns the time at which the request was quarantined or ended, whichever came first; {@link Long#MAX_VALUE} if
     * neither happened.
     */
    public long doneAt() {
        return end == null ? quarantinedAt : Math.min(end.timestamp(), quarantinedAt);
    }

    /** Returns the number of terminal events in the topic after the first one. No client receives them. */
    public int duplicateEnds() {
        return duplicateEnds;
    }

    /** Returns the time at which a client first saw the end; {@link Long#MAX_VALUE} if no client did. */
    public long seenEndAt() {
        return seenEndAt;
    }

    /** Returns the first time after {@code at} at which the agent was called or a client saw the end. */
    Optional<Long> continuedAfter(long at) {
        return Optional.ofNullable(progress.higher(at));
    }

    /** Returns the attempts that have events in the topic. */
    public Set<Integer> attempts() {
        return seqsByAttempt.keySet();
    }

    /** Returns true if the sequence numbers of the attempt's events in the topic have no gap. */
    public boolean isComplete(int attempt) {
        BitSet seqs = seqsByAttempt.get(attempt);
        return seqs == null || seqs.nextClearBit(0) == seqs.length();
    }

    /**
     * Returns the lowest sequence number of the attempt's events in the topic that is at least {@code seq}; -1 if there
     * is none.
     */
    public int nextSeq(int attempt, int seq) {
        BitSet seqs = seqsByAttempt.get(attempt);
        return seqs == null ? -1 : seqs.nextSetBit(seq);
    }
}
