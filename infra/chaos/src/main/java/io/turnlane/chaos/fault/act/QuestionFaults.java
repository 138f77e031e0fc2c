package io.turnlane.chaos.fault.act;

import io.turnlane.chaos.fault.expect.FaultExpectations;
import io.turnlane.chaos.load.ClientLoad;
import io.turnlane.chaos.load.GatewayApi.GatewayReply;
import io.turnlane.chaos.load.LoadTurn;
import io.turnlane.chaos.load.ScriptedQuestion;
import io.turnlane.chaos.member.Instruction;
import io.turnlane.chaos.member.Instruction.ScriptedAction;
import io.turnlane.chaos.rig.Rig;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
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
    private static final int RUNNING_MILLIS = 4000; // less than the drain budget of the processors
    private static final int RUNNING_POLL_MILLIS = 5;
    private static final Duration RUNNING_LIMIT = Duration.ofSeconds(10);
    private static final int BUSY_MILLIS = 6000;
    private static final int TOO_LONG_MILLIS = 30_000;

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
        turn.ifPresent(asked -> expectations.expectRuns(asked.request(), 1));
        return turn.isPresent() ? 1 : 0;
    }

    /**
     * Asks questions, each in a new session, while no processor can begin them. Requires that each ends with this
     * status and that no agent is called. Returns the accepted turns.
     */
    List<LoadTurn> askWaiting(int count, String end) throws InterruptedException {
        List<LoadTurn> asked = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            String session = session();
            ask(session, 1, Instruction.answer("c-" + session + "-1", SHORT_MILLIS), end)
                    .ifPresent(asked::add);
        }
        asked.forEach(turn -> expectations.expectRuns(turn.request(), 0));
        return asked;
    }

    /**
     * Asks questions that wait behind running turns of their sessions. Requires that the running turns complete, that
     * the waiting ones end as expired, and that no agent is called for the waiting ones. Returns the waiting turns.
     */
    List<LoadTurn> askBehindRunningTurns(int count) throws InterruptedException {
        List<LoadTurn> first = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            String session = session();
            ask(session, 1, Instruction.answer("c-" + session + "-1", RUNNING_MILLIS), "completed")
                    .ifPresent(first::add);
        }
        List<LoadTurn> waiting = new ArrayList<>();
        for (LoadTurn turn : first) {
            awaitRunning(turn);
            String canary = "c-" + turn.session() + "-2";
            ask(turn.session(), 2, Instruction.answer(canary, SHORT_MILLIS), "failed")
                    .ifPresent(waiting::add);
        }
        waiting.forEach(turn -> {
            expectations.expectError(turn.request(), "expired");
            expectations.expectRuns(turn.request(), 0);
        });
        return waiting;
    }

    private void awaitRunning(LoadTurn turn) throws InterruptedException {
        long limit = System.nanoTime() + RUNNING_LIMIT.toNanos();
        boolean begun = running.at(CLIENT).contains(turn.request());
        while (!begun && System.nanoTime() < limit) {
            Thread.sleep(RUNNING_POLL_MILLIS);
            begun = running.at(CLIENT).contains(turn.request());
        }
        expectations.failIf(
                !begun,
                "the turn of request %s did not begin within %d s"
                        .formatted(turn.request(), RUNNING_LIMIT.toSeconds()));
    }

    /**
     * Asks questions with deadlines. One waits behind a running turn, and one runs, when its deadline passes. Both must
     * end as failed at that time. A third one is answered before its deadline. Returns the number of questions.
     */
    public int askWithDeadlines() throws InterruptedException {
        String busy = session();
        ask(busy, 1, Instruction.answer("c-" + busy + "-1", BUSY_MILLIS), "completed");
        askWithDeadline(busy, 2, SHORT_MILLIS, Duration.ofMillis(1500), "failed");
        askWithDeadline(session(), 1, TOO_LONG_MILLIS, Duration.ofSeconds(2), "failed");
        askWithDeadline(session(), 1, SHORT_MILLIS, Duration.ofSeconds(40), "completed");
        return 4;
    }

    private void askWithDeadline(String session, int number, int millis, Duration deadline, String end)
            throws InterruptedException {
        String canary = "c-" + session + "-" + number;
        ScriptedQuestion question = new ScriptedQuestion(
                session, canary, Instruction.answer(canary, millis).text(), deadline);
        Optional<LoadTurn> turn = ask(number, question, end);
        if (turn.isPresent() && end.equals("failed")) {
            expectations.expectError(turn.get().request(), "deadline_exceeded");
            expectations.expectEndAt(turn.get(), deadline);
        }
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
            ask(session, 2, Instruction.answer("c-" + session + "-2", SHORT_MILLIS), "completed");
        }
        return turn;
    }

    private Optional<LoadTurn> ask(String session, int number, Instruction instruction, String end)
            throws InterruptedException {
        return ask(number, new ScriptedQuestion(session, instruction.canary(), instruction.text()), end);
    }

    private Optional<LoadTurn> ask(int number, ScriptedQuestion question, String end) throws InterruptedException {
        String client = CLIENT + "-" + sessions + "-" + number;
        Optional<LoadTurn> turn = load.ask(client, question);
        turn.ifPresent(asked -> {
            expectations.expectEnd(asked, end);
            load.follow(client, asked);
        });
        return turn;
    }
}
