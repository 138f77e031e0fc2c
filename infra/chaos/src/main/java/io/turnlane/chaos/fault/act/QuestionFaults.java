package io.turnlane.chaos.fault.act;

import io.turnlane.chaos.fault.FaultExpectations;
import io.turnlane.chaos.fault.RunningTurns;
import io.turnlane.chaos.load.ClientLoad;
import io.turnlane.chaos.load.GatewayApi.GatewayReply;
import io.turnlane.chaos.load.LoadTurn;
import io.turnlane.chaos.load.ScriptedQuestion;
import io.turnlane.chaos.member.Instruction;
import io.turnlane.chaos.member.Instruction.ScriptedAction;
import io.turnlane.chaos.rig.Rig;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Questions that are faults themselves. Each is followed by a good one of its session. The driver's thread only. */
public final class QuestionFaults {

    private static final Duration KILLER_LIMIT = Duration.ofSeconds(90);
    private static final String CLIENT = "client-x";
    private static final int SHORT_MILLIS = 100;
    private static final int POLL_MILLIS = 100;

    private final Rig rig;
    private final ClientLoad load;
    private final String tag;
    private final FaultExpectations expectations;
    private final RunningTurns running;
    private int sessions;

    /** @param tag what all names of sessions begin with */
    public QuestionFaults(Rig rig, ClientLoad load, String tag, FaultExpectations expectations, RunningTurns running) {
        this.rig = rig;
        this.load = load;
        this.tag = tag;
        this.expectations = expectations;
        this.running = running;
    }

    /** Agents that throw: each time, once, or for good. */
    public int askThrowing(int count) throws InterruptedException {
        List<ScriptedAction> deeds = List.of(ScriptedAction.THROW_ONCE, ScriptedAction.THROW, ScriptedAction.REFUSE);
        int asked = 0;
        for (int number = 0; number < count; number++) {
            ScriptedAction deed = deeds.get(number % deeds.size());
            asked += ask(deed, SHORT_MILLIS, deed == ScriptedAction.THROW_ONCE ? "completed" : "failed")
                            .isPresent()
                    ? 1
                    : 0;
        }
        return asked;
    }

    /** Agents that end their JVM, one after the other; who is gone is started again, until the question is given up. */
    public int askKilling(int count) throws IOException, InterruptedException {
        int asked = 0;
        for (int number = 0; number < count; number++) {
            boolean once = number % 2 == 1;
            Optional<LoadTurn> turn = ask(
                    once ? ScriptedAction.HALT_ONCE : ScriptedAction.HALT, SHORT_MILLIS, once ? "completed" : "failed");
            asked += turn.isPresent() ? 1 : 0;
            keepRunningUntil(turn);
        }
        return asked;
    }

    private void keepRunningUntil(Optional<LoadTurn> end) throws IOException, InterruptedException {
        long limit = System.nanoTime() + KILLER_LIMIT.toNanos();
        while (end.isPresent() && !end.get().ended() && System.nanoTime() < limit) {
            rig.processorNames().stream()
                    .filter(name -> !rig.member(name).isAlive())
                    .forEach(running::processEnded);
            rig.startAll();
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** A question whose agent takes that long; it is to run once. */
    public int askLongRunning(Duration time) throws InterruptedException {
        Optional<LoadTurn> turn = ask(ScriptedAction.ANSWER, Math.toIntExact(time.toMillis()), "completed");
        turn.ifPresent(asked -> expectations.expectSingleRun(asked.request()));
        return turn.isPresent() ? 1 : 0;
    }

    /** An agent that says more than it may, and posts that say more than they may. */
    public int askOversized() throws IOException, InterruptedException {
        ask(ScriptedAction.HUGE, SHORT_MILLIS, "failed");
        refused(413, "{\"question\":\"" + "x".repeat(64 << 10) + "\"}");
        refused(413, "{\"question\":\"" + "x".repeat(2 << 20) + "\"}");
        refused(400, "{\"question\":");
        refused(400, "{\"question\":\"   \"}");
        return 5;
    }

    private void refused(int http, String body) throws IOException, InterruptedException {
        GatewayReply reply = load.gateways().postRaw(0, "/v1/sessions/" + session() + "/requests", body, Map.of());
        expectations.failIf(
                reply.status() != http,
                "a post of %d bytes was to be refused with %d, and was answered with %d"
                        .formatted(body.length(), http, reply.status()));
    }

    private String session() {
        return tag + "-x-" + ++sessions;
    }

    private Optional<LoadTurn> ask(ScriptedAction deed, int millis, String end) throws InterruptedException {
        String session = session();
        Optional<LoadTurn> turn = ask(session, 1, new Instruction("c-" + session + "-1", millis, 5, deed), end);
        if (turn.isPresent()) {
            ask(
                    session,
                    2,
                    new Instruction("c-" + session + "-2", SHORT_MILLIS, 5, ScriptedAction.ANSWER),
                    "completed");
        }
        return turn;
    }

    private Optional<LoadTurn> ask(String session, int number, Instruction instruction, String end)
            throws InterruptedException {
        String client = CLIENT + "-" + sessions + "-" + number;
        Optional<LoadTurn> turn =
                load.ask(client, new ScriptedQuestion(session, instruction.canary(), instruction.text()));
        turn.ifPresent(asked -> {
            expectations.expectEnd(asked, end);
            load.follow(client, asked);
        });
        return turn;
    }
}
