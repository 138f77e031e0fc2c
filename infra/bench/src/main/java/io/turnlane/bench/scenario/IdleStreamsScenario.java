package io.turnlane.bench.scenario;

import io.turnlane.bench.load.IdleStreams;
import io.turnlane.bench.load.LoadShape;
import io.turnlane.bench.rig.Installation;
import io.turnlane.bench.subject.HttpSubject;
import java.util.List;

/** Asks questions with and without thousands of open streams of other sessions, in turn. */
final class IdleStreamsScenario {

    /** Condition to which the gateway with streams is compared. */
    static final String NONE = "no streams";

    private static final int USUAL_COUNT = 5_000;
    private static final int CLIENTS = 64;

    private IdleStreamsScenario() {}

    static void run(BenchRun run) throws Exception {
        BenchSettings settings = run.settings();
        int count = settings.countOr(USUAL_COUNT);
        LoadShape load = new LoadShape.ClosedLoop(CLIENTS, settings.time());
        try (Installation installation = Installation.start(settings.folder().resolve("installation"))) {
            HttpSubject turnlane = HttpSubject.turnlane(installation, "i", HttpSubject.SESSIONS);
            run.warmUp(List.of(turnlane), CLIENTS);
            List<ProcessHandle> backends = installation.backends();
            for (int round = 1; round <= settings.rounds(); round++) {
                var _ = run.measure(turnlane.named(NONE), load, load.label(), round, backends);
                try (IdleStreams streams =
                        IdleStreams.open(installation.turnlane().address(), count)) {
                    run.progress().line("opened " + count + " streams");
                    String name = count + " streams";
                    var _ = run.measure(turnlane.named(name), load, load.label(), round, backends);
                    if (streams.lost() > 0) {
                        throw new IllegalStateException(streams.lost() + " idle streams were closed by the gateway.");
                    }
                }
            }
        }
    }
}
