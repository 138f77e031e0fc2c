package io.turnlane.bench.scenario;

import io.turnlane.bench.load.LoadShape;
import io.turnlane.bench.rig.Installation;
import io.turnlane.bench.subject.HttpSubject;
import java.time.Duration;
import java.util.List;

/**
 * The load for which Turnlane was designed: 1,000 users who together ask 1,000 questions a second, for five minutes, in
 * an open loop. First checks if the machine carries the bare path at twice the rate, because a machine that cannot do
 * so shows nothing about Turnlane.
 */
final class SeedScenario {

    private static final int USUAL_USERS = 1000;
    private static final int USUAL_RATE = 1000;
    private static final Duration CHECK_TIME = Duration.ofSeconds(10);

    private SeedScenario() {}

    static void run(BenchRun run) throws Exception {
        BenchSettings settings = run.settings();
        int users = settings.countOr(USUAL_USERS);
        int rate = settings.rateOr(USUAL_RATE);
        try (Installation installation = Installation.start(settings.folder().resolve("installation"))) {
            HttpSubject turnlane = HttpSubject.turnlane(installation, "u", users);
            HttpSubject bare = HttpSubject.barePath(installation, "u", users);
            run.warmUp(List.of(turnlane, bare), 64);
            LoadShape check = new LoadShape.OpenLoop(2.0 * rate, users, CHECK_TIME);
            LoadShape load = new LoadShape.OpenLoop(rate, users, settings.time());
            List<ProcessHandle> backends = installation.backends();
            var _ = run.measure(bare, check, check.label() + ", before", 1, backends);
            run.progress()
                    .line(rate + " questions per second of " + users + " users, for "
                            + settings.time().toSeconds() + " s");
            var _ = run.measure(turnlane, load, load.label() + ", " + users + " users", 1, backends);
            var _ = run.measure(bare, check, check.label() + ", after", 1, backends);
        }
    }
}
