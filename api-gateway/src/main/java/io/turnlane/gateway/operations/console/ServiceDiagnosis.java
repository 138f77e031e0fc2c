package io.turnlane.gateway.operations.console;

import static io.turnlane.gateway.operations.console.Phrases.text;
import static io.turnlane.gateway.operations.console.Phrases.turns;
import static io.turnlane.gateway.operations.console.Phrases.waits;

import io.turnlane.gateway.operations.console.FleetHealth.FleetProblem;
import io.turnlane.gateway.operations.console.FleetHealth.HealthLevel;
import io.turnlane.model.ProcessorDetail;
import io.turnlane.model.ProcessorDetail.ServiceDetail;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Finds the models of providers that fail, or for whose limits turns wait. */
final class ServiceDiagnosis {

    /** Minimum time until the next call for which a rate limit counts as the cause of a wait. */
    private static final Duration MIN_PAUSE = Duration.ofSeconds(1);

    private ServiceDiagnosis() {}

    static List<FleetProblem> of(List<ProcessorDetail> details) {
        Map<String, List<ServiceDetail>> byModel = new TreeMap<>();
        for (ProcessorDetail detail : details) {
            for (ServiceDetail service : detail.services()) {
                byModel.computeIfAbsent(
                                "model " + service.model() + " of " + service.provider(), _ -> new ArrayList<>())
                        .add(service);
            }
        }
        List<FleetProblem> problems = new ArrayList<>();
        byModel.forEach((model, services) -> problem(model, services).ifPresent(problems::add));
        return problems;
    }

    private static Optional<FleetProblem> problem(String model, List<ServiceDetail> services) {
        int waiting = services.stream().mapToInt(ServiceDetail::waiting).sum();
        if (services.stream().anyMatch(ServiceDetail::broken)) {
            return Optional.of(new FleetProblem(
                    HealthLevel.FAILURE,
                    "provider_failing",
                    "Calls of the " + model + " fail, so that most are not tried any more (circuit breaker open)"
                            + (waiting == 0 ? "." : "; " + turns(waiting) + " " + waits(waiting) + " for it."),
                    "gateways"));
        }
        return waiting == 0
                ? Optional.empty()
                : Optional.of(new FleetProblem(
                        HealthLevel.WARNING,
                        "provider_limit",
                        turns(waiting) + " " + waits(waiting) + " for the " + model + ": " + limit(services),
                        "gateways"));
    }

    private static String limit(List<ServiceDetail> services) {
        Optional<Duration> pause = services.stream()
                .map(ServiceDetail::pausedFor)
                .max(Comparator.naturalOrder())
                .filter(longest -> longest.compareTo(MIN_PAUSE) >= 0);
        if (pause.isPresent()) {
            return "its rate limit allows the next call in " + text(pause.get()) + ".";
        }
        int permits = services.stream().mapToInt(ServiceDetail::permits).sum();
        return services.stream().mapToInt(ServiceDetail::free).sum() > 0
                ? "its rate limit is reached."
                : permits == 1 ? "its only permit is in use." : "all " + permits + " permits are in use.";
    }
}
