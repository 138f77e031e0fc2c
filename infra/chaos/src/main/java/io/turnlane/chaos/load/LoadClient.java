package io.turnlane.chaos.load;

import io.turnlane.chaos.member.Instruction;
import io.turnlane.chaos.member.Instruction.ScriptedAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One simulated client, on its own thread. Asks questions in one session after another, one at a time or up to three at
 * once. Follows each turn to its end through the stream of the request, the stream of the session, or polling. All its
 * choices come from its own seed.
 */
final class LoadClient {

    private static final int MAX_TURNS_PER_SESSION = 6;

    private final String name;
    private final String sessions;
    private final LoadProfile profile;
    private final RandomGenerator random;
    private final Asker asker;
    private final StreamFollower follower;
    private final Poller poller;

    private @Nullable String cursor;

    /** @param sessions prefix of the names of its sessions */
    LoadClient(
            String name,
            String sessions,
            LoadProfile profile,
            RandomGenerator random,
            Asker asker,
            StreamFollower follower,
            Poller poller) {
        this.name = name;
        this.sessions = sessions;
        this.profile = profile;
        this.random = random;
        this.asker = asker;
        this.follower = follower;
        this.poller = poller;
    }

    /**
     * Asks questions until {@code asking} returns false, then waits until the turns of these questions have ended.
     *
     * @param asking returns true while new questions may be asked
     * @param waiting returns true while the client may wait for ends
     */
    void run(BooleanSupplier asking, BooleanSupplier waiting) throws InterruptedException {
        Thread.sleep(random.nextInt(profile.thinkMillis() + 1));
        for (int number = 1; asking.getAsBoolean(); number++) {
            cursor = null;
            runSession(sessions + "-" + number, asking, waiting);
        }
    }

    private void runSession(String session, BooleanSupplier asking, BooleanSupplier waiting)
            throws InterruptedException {
        int turns = 2 + random.nextInt(MAX_TURNS_PER_SESSION - 1);
        int next = 1;
        while (next <= turns && asking.getAsBoolean()) {
            int batch = random.nextInt(4) == 0 ? Math.min(3, turns - next + 1) : 1;
            List<LoadTurn> asked = ask(session, next, batch, waiting);
            if (asked.size() < batch || !awaitEnds(session, asked, waiting)) {
                return; // some outcomes are unknown, so the order of later questions would not be defined
            }
            next += batch;
            Thread.sleep(random.nextInt(profile.thinkMillis() + 1));
        }
    }

    private List<LoadTurn> ask(String session, int first, int count, BooleanSupplier waiting)
            throws InterruptedException {
        List<LoadTurn> asked = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Optional<LoadTurn> turn = asker.ask(name, gateway(), question(session, first + i), waiting);
            if (turn.isEmpty()) {
                return asked;
            }
            asked.add(turn.get());
        }
        return asked;
    }

    private ScriptedQuestion question(String session, int number) {
        String canary = "c-" + session + "-" + number;
        // The logarithm of the time is evenly distributed over the range of the profile, so short turns are more
        // frequent than long ones.
        double exponent = random.nextDouble();
        int millis = (int) (profile.leastMillis()
                * Math.pow((double) profile.mostMillis() / Math.max(1, profile.leastMillis()), exponent));
        return new ScriptedQuestion(
                session, canary, new Instruction(canary, millis, profile.deltas(), ScriptedAction.ANSWER).text());
    }

    private boolean awaitEnds(String session, List<LoadTurn> asked, BooleanSupplier waiting)
            throws InterruptedException {
        String from = cursor;
        if (asked.size() > 1 && from != null) {
            cursor = follower.followSession(name, gateway(), session, from, asked, waiting)
                    .orElse(from);
        } else {
            for (LoadTurn turn : asked) {
                awaitEnd(turn, waiting);
            }
        }
        return asked.stream().allMatch(LoadTurn::ended);
    }

    private void awaitEnd(LoadTurn turn, BooleanSupplier waiting) throws InterruptedException {
        int choice = random.nextInt(8);
        if (choice == 0) {
            poller.awaitEnd(name, gateway(), turn, waiting);
            return;
        }
        follower.follow(name, gateway(), turn, waiting).ifPresent(last -> cursor = last);
        if (choice <= 2 && turn.ended()) {
            // The stream has delivered the end. The checker requires that this poll returns the same end.
            poller.poll(name, gateway(), turn);
        }
    }

    private int gateway() {
        return random.nextInt(2);
    }
}
