package io.turnlane.chaos.fault.act;

import io.turnlane.chaos.fault.Expectations;
import io.turnlane.chaos.fault.RunningTurns;
import io.turnlane.chaos.load.Gateways.Reply;
import io.turnlane.chaos.load.Load;
import io.turnlane.chaos.load.Question;
import io.turnlane.chaos.load.Turn;
import io.turnlane.chaos.member.Instruction;
import io.turnlane.chaos.member.Instruction.Deed;
import io.turnlane.chaos.rig.Rig;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Questions that are faults themselves. Each is followed by a good one of its session. The driver's thread only. */
public final class Questions {

    private static final Duration KILLER_LIMIT = Duration.ofSeconds(90);
    private static final String CLIENT = "client-x";
    private static final int SHORT_MILLIS = 100;
    private static final int POLL_MILLIS = 100;

    private final Rig rig;
    private final Load load;
    private final String tag;
    private final Expectations expectations;
    private final RunningTurns running;
    private int sessions;

    /** @param tag what all names of sessions begin with */
    public Questions(Rig rig, Load load, String tag, Expectations expectations, RunningTurns running) {
        this.rig = rig;
        this.load = load;
        this.tag = tag;
        this.expectations = expectations;
        this.running = running;
    }

    /** Agents that throw: each time, once, or for good. */
    public int throwing(int count) throws InterruptedException {
        List<Deed> deeds = List.of(Deed.THROW_ONCE, Deed.THROW, Deed.REFUSE);
        int asked = 0;
        for (int number = 0; number < count; number++) {
            Deed deed = deeds.get(number % deeds.size());
            asked += ask(deed, SHORT_MILLIS, deed == Deed.THROW_ONCE ? "completed" : "failed")
                            .isPresent()
                    ? 1
                    : 0;
        }
        return asked;
    }

    /** Agents that end their JVM, one after the other; who is gone is started again, until the question is given up. */
    public int killing(int count) throws IOException, InterruptedException {
        int asked = 0;
        for (int number = 0; number < count; number++) {
            boolean once = number % 2 == 1;
            Optional<Turn> turn = ask(once ? Deed.HALT_ONCE : Deed.HALT, SHORT_MILLIS, once ? "completed" : "failed");
            asked += turn.isPresent() ? 1 : 0;
            keepRunningUntil(turn);
        }
        return asked;
    }

    private void keepRunningUntil(Optional<Turn> end) throws IOException, InterruptedException {
        long limit = System.nanoTime() + KILLER_LIMIT.toNanos();
        while (end.isPresent() && !end.get().ended() && System.nanoTime() < limit) {
            rig.processorNames().stream()
                    .filter(name -> !rig.member(name).isAlive())
                    .forEach(running::gone);
            rig.startAll();
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** A question whose agent takes that long; it is to run once. */
    public int longRun(Duration time) throws InterruptedException {
        Optional<Turn> turn = ask(Deed.ANSWER, Math.toIntExact(time.toMillis()), "completed");
        turn.ifPresent(asked -> expectations.runsOnce(asked.request()));
        return turn.isPresent() ? 1 : 0;
    }

    /** An agent that says more than it may, and posts that say more than they may. */
    public int oversize() throws IOException, InterruptedException {
        ask(Deed.HUGE, SHORT_MILLIS, "failed");
        refused(413, "{\"question\":\"" + "x".repeat(64 << 10) + "\"}");
        refused(413, "{\"question\":\"" + "x".repeat(2 << 20) + "\"}");
        refused(400, "{\"question\":");
        refused(400, "{\"question\":\"   \"}");
        return 5;
    }

    private void refused(int http, String body) throws IOException, InterruptedException {
        Reply reply = load.gateways().postRaw(0, "/v1/sessions/" + session() + "/requests", body, Map.of());
        expectations.complain(
                reply.status() != http,
                "a post of %d bytes was to be refused with %d, and was answered with %d"
                        .formatted(body.length(), http, reply.status()));
    }

    private String session() {
        return tag + "-x-" + ++sessions;
    }

    private Optional<Turn> ask(Deed deed, int millis, String end) throws InterruptedException {
        String session = session();
        Optional<Turn> turn = ask(session, 1, new Instruction("c-" + session + "-1", millis, 5, deed), end);
        if (turn.isPresent()) {
            ask(session, 2, new Instruction("c-" + session + "-2", SHORT_MILLIS, 5, Deed.ANSWER), "completed");
        }
        return turn;
    }

    private Optional<Turn> ask(String session, int number, Instruction instruction, String end)
            throws InterruptedException {
        String client = CLIENT + "-" + sessions + "-" + number;
        Optional<Turn> turn = load.ask(client, new Question(session, instruction.canary(), instruction.text()));
        turn.ifPresent(asked -> {
            expectations.ends(asked, end);
            load.follow(client, asked);
        });
        return turn;
    }
}
