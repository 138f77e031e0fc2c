package io.turnlane.chaos.check.rule;

import io.turnlane.chaos.check.facts.Facts;
import io.turnlane.chaos.check.facts.RequestFacts;
import io.turnlane.chaos.check.finding.Findings;
import io.turnlane.chaos.check.finding.Invariant;
import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.history.RunFolder.Located;
import io.turnlane.chaos.history.TopicRecord;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Checks I9: when a committed offset was read, every turn with a lower offset had ended or was in quarantine. To check
 * this, the rule needs only the turn that ended last among the turns with lower offsets. Per partition, it therefore
 * keeps each turn that ended later than all turns before it in the log.
 */
final class FrontierRule implements Rule {

    /**
     * Allowed difference between the driver's clock and the timestamps of records, which have a resolution of one
     * millisecond.
     */
    private static final long SLACK_MICROS = 20_000;

    private record Frontier(long doneAt, RequestFacts request) {}

    private final Facts facts;
    private final Findings findings;
    private final Map<Integer, TreeMap<Long, Frontier>> partitions = new HashMap<>();

    FrontierRule(Facts facts, Findings findings) {
        this.facts = facts;
        this.findings = findings;
    }

    @Override
    public void onTurn(Located<TopicRecord> turn) {
        TopicRecord record = turn.line();
        RequestFacts request = facts.find(record.request());
        if (request == null || !"ask".equals(record.type())) {
            return;
        }
        TreeMap<Long, Frontier> rises = partitions.computeIfAbsent(record.partition(), _ -> new TreeMap<>());
        if (rises.isEmpty() || request.doneAt() > rises.lastEntry().getValue().doneAt()) {
            rises.put(record.offset(), new Frontier(request.doneAt(), request));
        }
    }

    @Override
    public void onHistory(Located<HistoryLine> line) {
        if (!(line.line() instanceof HistoryLine.OffsetRead committed)) {
            return;
        }
        findings.checked(Invariant.I9);
        TreeMap<Long, Frontier> rises = partitions.getOrDefault(committed.partition(), new TreeMap<>());
        Map.Entry<Long, Frontier> last = rises.lowerEntry(committed.offset());
        if (last != null && last.getValue().doneAt() > committed.time() + SLACK_MICROS) {
            RequestFacts open = last.getValue().request();
            String what = "offset " + committed.offset() + " was committed while the turn at offset " + last.getKey()
                    + " was open";
            findings.violated(Invariant.I9, open.session(), open.id(), what, line.where());
        }
    }
}
