package io.turnlane.bench.scenario;

import io.turnlane.bench.load.LoadShape;
import io.turnlane.bench.rig.Installation;
import io.turnlane.bench.rig.SessionCopies;
import io.turnlane.bench.subject.HttpSubject;
import java.time.Duration;
import java.util.List;

/**
 * Asks questions while Redis holds few sessions, and again while it holds a million. The bare path is measured in both
 * phases too, because they cannot be interleaved: a change of the machine between them changes it as well.
 */
final class SessionsScenario {

    /** Condition to which the full Redis is compared. */
    static final String FEW = "few sessions";

    private static final int USUAL_COUNT = 1_000_000;
    private static final int CLIENTS = 64;
    private static final String COPIED = "copied-session";

    private SessionsScenario() {}

    static void run(BenchRun run) throws Exception {
        BenchSettings settings = run.settings();
        int count = settings.countOr(USUAL_COUNT);
        LoadShape load = new LoadShape.ClosedLoop(CLIENTS, settings.time());
        try (Installation installation = Installation.start(settings.folder().resolve("installation"))) {
            HttpSubject turnlane = HttpSubject.turnlane(installation, "s", HttpSubject.SESSIONS);
            HttpSubject bare = HttpSubject.barePath(installation, "s", HttpSubject.SESSIONS);
            run.warmUp(List.of(turnlane, bare), CLIENTS);
            run.interleave(
                    List.of(turnlane.named(FEW), bare.named("bare path before")),
                    List.of(load),
                    installation.backends());
            var _ = HttpSubject.turnlane(installation, COPIED, 1)
                    .run(new LoadShape.OpenLoop(1, 1, Duration.ofSeconds(1)));
            int step = Math.max(1, count / 10);
            int[] next = {step};
            SessionCopies.create(installation.redisUrl(), COPIED + "0", count, copies -> {
                if (copies >= next[0]) {
                    run.progress().line("created " + copies + " sessions");
                    next[0] += step;
                }
            });
            run.interleave(
                    List.of(turnlane.named(count + " sessions"), bare.named("bare path after")),
                    List.of(load),
                    installation.backends());
        }
    }
}
