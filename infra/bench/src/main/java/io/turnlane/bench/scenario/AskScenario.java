package io.turnlane.bench.scenario;

import io.turnlane.bench.load.LoadShape;
import io.turnlane.bench.rig.Installation;
import io.turnlane.bench.subject.HttpSubject;
import io.turnlane.bench.subject.RawKafka;
import io.turnlane.bench.subject.Subject;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks questions and waits for their answers: with 1, 64 and 256 clients in a closed loop, and at a constant rate. The
 * agent answers at once, so the latency at the constant rate is what Turnlane adds to the time of an agent.
 */
final class AskScenario {

    private static final int[] CLIENTS = {1, 64, 256};
    private static final int USUAL_RATE = 500;
    private static final int MAX_CONNECTIONS = 1000;

    private AskScenario() {}

    static void run(BenchRun run) throws Exception {
        BenchSettings settings = run.settings();
        try (Installation installation = Installation.start(settings.folder().resolve("installation"))) {
            run.progress().line("started: turnlane");
            List<Subject> subjects = new ArrayList<>();
            try {
                subjects.add(HttpSubject.turnlane(installation, "w", HttpSubject.SESSIONS));
                subjects.add(HttpSubject.barePath(installation, "w", HttpSubject.SESSIONS));
                subjects.add(new RawKafka(installation.kafka()));
                if (settings.alternatives()) {
                    subjects.add(HttpSubject.replyingTemplate(installation, "w"));
                }
                run.progress()
                        .line("started: " + subjects.stream().map(Subject::name).toList());
                run.warmUp(subjects, 64);
                List<LoadShape> loads = new ArrayList<>();
                for (int clients : CLIENTS) {
                    loads.add(new LoadShape.ClosedLoop(clients, settings.time()));
                }
                loads.add(new LoadShape.OpenLoop(settings.rateOr(USUAL_RATE), MAX_CONNECTIONS, settings.time()));
                run.interleave(subjects, loads, installation.backends());
            } finally {
                subjects.forEach(Subject::close);
            }
        }
    }
}
