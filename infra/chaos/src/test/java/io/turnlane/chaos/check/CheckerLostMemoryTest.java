package io.turnlane.chaos.check;

import static io.turnlane.chaos.check.SmallRun.SECOND;
import static io.turnlane.chaos.check.SmallRun.event;
import static io.turnlane.chaos.check.SmallRun.remembered;
import static io.turnlane.chaos.check.SmallRun.replace;

import io.turnlane.chaos.check.finding.Invariant;
import io.turnlane.chaos.history.StoredSession;
import io.turnlane.chaos.history.StoredSession.RememberedTurn;
import io.turnlane.chaos.history.TopicRecord;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Runs in which the memory of session {@code a} was deleted between its two turns. */
final class CheckerLostMemoryTest extends CheckerTests {

    private static final long BETWEEN_THE_TURNS = 2 * SECOND;
    private static final long AFTER_THE_TURNS = 6 * SECOND;

    private void forget(long at) {
        run.fault("forget", "redis", at);
    }

    private void a2RunsWithoutMemory() {
        giveAgentOfA2(List.of());
        storeMemoryOfA(List.of(remembered("a2")));
    }

    private void storeMemoryOfA(List<RememberedTurn> turns) {
        replace(
                run.memory,
                m -> m.session().equals("a"),
                m -> new StoredSession("a", m.key(), turns, m.ttlMs(), List.of(), m.requests()));
    }

    private void a2ReportsTheLoss() {
        replace(
                run.events,
                event("a2", "started", 0),
                r -> new TopicRecord(
                        r.partition(),
                        r.offset(),
                        r.key(),
                        r.request(),
                        r.type(),
                        r.attempt(),
                        r.seq(),
                        r.timestamp(),
                        r.canary(),
                        r.text(),
                        r.error(),
                        "reset"));
    }

    @Test
    void aReportedLossIsAllowed() throws IOException {
        forget(BETWEEN_THE_TURNS);
        a2RunsWithoutMemory();
        a2ReportsTheLoss();
        holds();
    }

    @Test
    void aSilentLossIsAViolation() throws IOException {
        forget(BETWEEN_THE_TURNS);
        a2RunsWithoutMemory();
        breaks(Invariant.I4);
    }

    @Test
    void aReportDoesNotExcuseALossWithoutAFault() throws IOException {
        a2RunsWithoutMemory();
        a2ReportsTheLoss();
        breaks(Invariant.I4);
    }

    @Test
    void restoredMemoryIsAllowed() throws IOException {
        forget(BETWEEN_THE_TURNS);
        holds();
    }

    @Test
    void aLossAfterTheLastTurnCannotBeReported() throws IOException {
        forget(AFTER_THE_TURNS);
        storeMemoryOfA(List.of());
        holds();
    }
}
