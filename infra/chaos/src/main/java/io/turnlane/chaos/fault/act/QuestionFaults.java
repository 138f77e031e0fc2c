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

/**
 * Questions that make the agent fail or that the gateway must reject. A regular question follows each of them in its
 * session and must be answered. Used only by the driver's thread.
 */
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

    /** @param tag prefix of all session names */
    public QuestionFaults(Rig rig, ClientLoad load, String tag, FaultExpectations expectations, RunningTurns running) {
        this.rig = rig;
        this.load = load;
        this.tag = tag;
        this.expectations = expectations;
        this.running = running;
    }

    /**
     * Asks questions that make the agent throw. Some throw only in the first attempt, some in each attempt, and some
     * throw an exception that rules out a retry. Returns the number of accepted questions.
     */
    public int askThrowing(int count) throws InterruptedException {
        List<ScriptedAction> actions = List.of(ScriptedAction.THROW_ONCE, ScriptedAction.THROW, ScriptedAction.REFUSE);
        int asked = 0;
        for (int number = 0; number < count; number++) {
            ScriptedAction action = actions.get(number % actions.size());
            asked += ask(action, SHORT_MILLIS, action == ScriptedAction.THROW_ONCE ? "completed" : "failed")
                            .isPresent()
                    ? 1
                    : 0;
        }
        return asked;
    }

    /**
     * Asks questions that make the agent end the JVM of its processor, one question at a time. Restarts the ended
     * processors until the question's turn has ended. Returns the number of accepted questions.
     */
    public int askKilling(int count) throws IOException, InterruptedException {
        int asked = 0;
        for (int number = 0; number < count; number++) {
            boolean once = number % 2 == 1;
            Optional<LoadTurn> turn = ask(
                    once ? ScriptedAction.HALT_ONCE : ScriptedAction.HALT, SHORT_MILLIS, once ? "completed" : "failed");
            asked += turn.isPresent() ? 1 : 0;
            restartProcessorsUntilEnd(turn);
        }
        return asked;
    }

    private void restartProcessorsUntilEnd(Optional<LoadTurn> turn) throws IOException, InterruptedException {
        long limit = System.nanoTime() + KILLER_LIMIT.toNanos();
        while (turn.isPresent() && !turn.get().ended() && System.nanoTime() < limit) {
            rig.processorNames().stream()
                    .filter(name -> !rig.member(name).isAlive())
                    .forEach(running::processEnded);
            rig.startAll();
            Thread.sleep(POLL_MILLIS);
        }
    }

    /**
     * Asks a question whose answer takes the agent this long. The run fails if the agent is called more than once.
     * Returns the number of accepted questions.
     */
    public int askLongRunning(Duration time) throws InterruptedException {
        Optional<LoadTurn> turn = ask(ScriptedAction.ANSWER, Math.toIntExact(time.toMillis()), "completed");
        turn.ifPresent(asked -> expectations.expectSingleRun(asked.request()));
        return turn.isPresent() ? 1 : 0;
    }

    /**
     * Asks for an answer that is too large, and sends posts that are too large or invalid. Returns the number of
     * questions and posts.
     */
    public int askOversized() throws IOException, InterruptedException {
        ask(ScriptedAction.HUGE, SHORT_MILLIS, "failed");
        expectRejection(413, "{\"question\":\"" + "x".repeat(64 << 10) + "\"}");
        expectRejection(413, "{\"question\":\"" + "x".repeat(2 << 20) + "\"}");
        expectRejection(400, "{\"question\":");
        expectRejection(400, "{\"question\":\"   \"}");
        return 5;
    }

    private void expectRejection(int http, String body) throws IOException, InterruptedException {
        GatewayReply reply = load.gateways().postRaw(0, "/v1/sessions/" + session() + "/requests", body, Map.of());
        expectations.failIf(
                reply.status() != http,
                "a post of %d bytes should have been rejected with %d, but was answered with %d"
                        .formatted(body.length(), http, reply.status()));
    }

    private String session() {
        return tag + "-x-" + ++sessions;
    }

    private Optional<LoadTurn> ask(ScriptedAction action, int millis, String end) throws InterruptedException {
        String session = session();
        Optional<LoadTurn> turn = ask(session, 1, new Instruction("c-" + session + "-1", millis, 5, action), end);
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
