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
 * One client, on a thread of its own: asks in one session after the other, one question at a time or some at once, and
 * follows each to its end by a stream of the request, a stream of the session, or by polling. All its choices come from
 * its own seed.
 */
final class LoadClient {

    private static final int MOST_TURNS_A_SESSION = 6;

    private final String name;
    private final String sessions;
    private final LoadProfile profile;
    private final RandomGenerator random;
    private final Asker asker;
    private final StreamFollower follower;
    private final Poller poller;

    private @Nullable String cursor;

    /** @param sessions what its sessions' names begin with */
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
     * Asks until told to stop, then sees to its end what it has asked.
     *
     * @param asking whether to go on asking
     * @param seeing whether to go on waiting for ends
     */
    void run(BooleanSupplier asking, BooleanSupplier seeing) throws InterruptedException {
        Thread.sleep(random.nextInt(profile.thinkMillis() + 1));
        for (int number = 1; asking.getAsBoolean(); number++) {
            cursor = null;
            converse(sessions + "-" + number, asking, seeing);
        }
    }

    private void converse(String session, BooleanSupplier asking, BooleanSupplier seeing) throws InterruptedException {
        int turns = 2 + random.nextInt(MOST_TURNS_A_SESSION - 1);
        int next = 1;
        while (next <= turns && asking.getAsBoolean()) {
            int together = random.nextInt(4) == 0 ? Math.min(3, turns - next + 1) : 1;
            List<LoadTurn> asked = ask(session, next, together, seeing);
            if (asked.size() < together || !see(session, asked, seeing)) {
                return; // what became of the rest isn't known: this session's order would mean nothing
            }
            next += together;
            Thread.sleep(random.nextInt(profile.thinkMillis() + 1));
        }
    }

    private List<LoadTurn> ask(String session, int first, int count, BooleanSupplier goOn) throws InterruptedException {
        List<LoadTurn> asked = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Optional<LoadTurn> turn = asker.ask(name, gateway(), question(session, first + i), goOn);
            if (turn.isEmpty()) {
                return asked;
            }
            asked.add(turn.get());
        }
        return asked;
    }

    private ScriptedQuestion question(String session, int number) {
        String canary = "c-" + session + "-" + number;
        // More short turns than long ones, over two orders of magnitude.
        double exponent = random.nextDouble();
        int millis = (int) (profile.leastMillis()
                * Math.pow((double) profile.mostMillis() / Math.max(1, profile.leastMillis()), exponent));
        return new ScriptedQuestion(
                session, canary, new Instruction(canary, millis, profile.deltas(), ScriptedAction.ANSWER).text());
    }

    private boolean see(String session, List<LoadTurn> asked, BooleanSupplier goOn) throws InterruptedException {
        String from = cursor;
        if (asked.size() > 1 && from != null) {
            cursor = follower.followSession(name, gateway(), session, from, asked, goOn)
                    .orElse(from);
        } else {
            for (LoadTurn turn : asked) {
                seeOne(turn, goOn);
            }
        }
        return asked.stream().allMatch(LoadTurn::ended);
    }

    private void seeOne(LoadTurn turn, BooleanSupplier goOn) throws InterruptedException {
        int how = random.nextInt(8);
        if (how == 0) {
            poller.awaitEnd(name, gateway(), turn, goOn);
            return;
        }
        follower.follow(name, gateway(), turn, goOn).ifPresent(last -> cursor = last);
        if (how <= 2 && turn.ended()) {
            poller.poll(name, gateway(), turn); // what was pushed is to be seen by polling at once
        }
    }

    private int gateway() {
        return random.nextInt(2);
    }
}
