package io.turnlane.gateway.operations.console;

import static io.turnlane.gateway.operations.console.Phrases.count;
import static io.turnlane.gateway.operations.console.Phrases.list;
import static io.turnlane.gateway.operations.console.Phrases.text;
import static io.turnlane.gateway.operations.console.Phrases.turns;
import static io.turnlane.gateway.operations.console.Phrases.waits;

import io.turnlane.gateway.operations.console.FleetHealth.FleetProblem;
import io.turnlane.gateway.operations.console.FleetHealth.HealthLevel;
import io.turnlane.model.GatewayStatistics;
import io.turnlane.model.ProcessorDetail;
import io.turnlane.model.ProcessorDetail.AgentLoad;
import io.turnlane.model.ProcessorDetail.FailureCount;
import io.turnlane.model.ProcessorDetail.LaneDetail;
import io.turnlane.model.ProcessorDetail.LaneTurn;
import io.turnlane.model.ProcessorState;
import io.turnlane.model.ProcessorStatistics;
import io.turnlane.model.ProcessorStatistics.SlotStatistics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds out what is wrong, from the statistics of all gateways and processors. Uses nothing else. */
final class FleetDiagnosis {

    /** Minimum run time of a stuck turn. */
    private static final Duration STUCK_AFTER = Duration.ofSeconds(10);

    /** Minimum run time of a stuck turn if the usual time of its agent is unknown. */
    private static final Duration STUCK_AFTER_UNKNOWN = Duration.ofSeconds(30);

    /** A stuck turn takes this many times longer than its agent usually does. */
    private static final int STUCK_FACTOR = 5;

    /** Minimum number of turns that fail within a minute, and minimum share of all turns, to be a problem. */
    private static final int MANY_FAILURES = 5;

    private static final double MANY_FAILURES_SHARE = 0.1;

    /** Minimum time that a turn waits for a reason that no other problem names. */
    private static final Duration LONG_WAIT = Duration.ofSeconds(30);

    private static final int MAX_STUCK = 3;

    private final FleetReading reading;
    private final List<FleetProblem> problems = new ArrayList<>();

    private FleetDiagnosis(FleetReading reading) {
        this.reading = reading;
    }

    /** Returns the health. The first problem is the one that explains most of the others. */
    static FleetHealth of(FleetReading reading) {
        return new FleetDiagnosis(reading).health();
    }

    private FleetHealth health() {
        if (!reading.kafkaAvailable()) {
            failure(
                    "kafka_unavailable",
                    "Kafka does not answer this gateway: questions are rejected, and answers arrive when Kafka is back.",
                    "gateways");
        }
        if (reading.redisAvailable()) {
            findProblemsOfProcessors();
        } else {
            failure(
                    "redis_unavailable",
                    "Redis does not answer: gateways still accept questions, but no turn begins until Redis is back.",
                    "gateways");
        }
        List<FleetProblem> worstFirst = problems.stream()
                .sorted(Comparator.comparing(FleetProblem::level).reversed())
                .toList();
        return worstFirst.isEmpty()
                ? new FleetHealth(HealthLevel.OK, load(), List.of())
                : new FleetHealth(
                        worstFirst.getFirst().level(), worstFirst.getFirst().sentence(), worstFirst);
    }

    private void findProblemsOfProcessors() {
        findMissingProcessors();
        problems.addAll(ServiceDiagnosis.of(reading.details()));
        findAgentsThatNobodyOffers();
        findStuckTurns();
        findFailures();
        findFullProcessors();
        findRebuilds();
        findRefusals();
        findTakenOutTargets();
        findDrains();
        if (problems.isEmpty()) {
            findLongWait();
        }
    }

    private void findMissingProcessors() {
        List<Integer> unowned = reading.unownedPartitions();
        reading.lostProcessors()
                .forEach((processor, silent) -> add(
                        unowned.isEmpty() && !reading.running().isEmpty() ? HealthLevel.WARNING : HealthLevel.FAILURE,
                        "processor_lost",
                        "Processor " + processor + " stopped without a shutdown "
                                + text(silent)
                                + " ago: " + takeOver(unowned),
                        "processors"));
        if (reading.running().isEmpty()) {
            failure(
                    "no_processor",
                    "No processor is running: accepted questions wait in Kafka until one starts.",
                    "processors");
        } else if (!unowned.isEmpty() && reading.lostProcessors().isEmpty()) {
            failure(
                    "partitions_without_owner",
                    "No processor owns " + list("partition", unowned) + ": turns of "
                            + (unowned.size() == 1 ? "its" : "their")
                            + " sessions wait until Kafka assigns a processor.",
                    "processors");
        }
    }

    private String takeOver(List<Integer> unowned) {
        if (reading.running().isEmpty()) {
            return "its turns wait until a processor starts.";
        }
        return unowned.isEmpty()
                ? "other processors have taken over its partitions."
                : "its turns wait until Kafka gives its partitions to other processors.";
    }

    private void findAgentsThatNobodyOffers() {
        Set<String> offered = reading.offeredAgents();
        Map<String, Integer> waiting = reading.details().stream()
                .flatMap(detail -> detail.agents().stream())
                .filter(load -> load.waiting() > 0 && !load.agent().isEmpty() && !offered.contains(load.agent()))
                .collect(Collectors.toMap(AgentLoad::agent, AgentLoad::waiting, Integer::sum, TreeMap::new));
        waiting.forEach((agent, turns) -> failure(
                "agent_missing",
                turns(turns) + " " + waits(turns) + " for the agent " + agent + ", which no processor offers.",
                "agents"));
    }

    private void findStuckTurns() {
        reading.details().stream()
                .flatMap(detail -> detail.lanes().stream())
                .filter(this::isStuck)
                .sorted(Comparator.comparing(LaneDetail::inState).reversed())
                .limit(MAX_STUCK)
                .forEach(lane -> warning(
                        "stuck_turn",
                        "The agent" + name(lane.first()) + " has been running for " + text(lane.inState())
                                + " on the oldest turn of session " + lane.sessionId() + ", and "
                                + turns(lane.turns() - 1) + " " + waits(lane.turns() - 1) + " behind it.",
                        "lanes"));
    }

    private boolean isStuck(LaneDetail lane) {
        return lane.state().equals("running")
                && lane.turns() > 1
                && lane.inState().compareTo(patience(lane.first().agent())) > 0;
    }

    private Duration patience(@Nullable String agent) {
        Duration usual = agent == null
                ? null
                : reading.processors().stream()
                        .map(processor -> processor.agentTimes().get(agent))
                        .filter(Objects::nonNull)
                        .max(Comparator.naturalOrder())
                        .orElse(null);
        if (usual == null) {
            return STUCK_AFTER_UNKNOWN;
        }
        Duration unusual = usual.multipliedBy(STUCK_FACTOR);
        return unusual.compareTo(STUCK_AFTER) > 0 ? unusual : STUCK_AFTER;
    }

    private void findFailures() {
        List<FailureCount> failures = reading.details().stream()
                .flatMap(detail -> detail.failures().stream())
                .toList();
        long failed = failures.stream().mapToLong(FailureCount::turns).sum();
        long completed = reading.processors().stream()
                .mapToLong(ProcessorStatistics::turnsLastMinute)
                .sum();
        if (failed >= MANY_FAILURES && failed >= MANY_FAILURES_SHARE * (failed + completed)) {
            failure(
                    "many_failures",
                    turns(failed) + " failed in the last minute and " + (failed == 1 ? "is" : "are")
                            + " in quarantine, most of them with " + most(failures, FailureCount::code)
                            + " of the agent " + most(failures, FailureCount::agent) + ".",
                    "quarantine");
        }
    }

    private static String most(List<FailureCount> failures, Function<FailureCount, String> by) {
        return failures.stream()
                .collect(Collectors.groupingBy(by, TreeMap::new, Collectors.summingLong(FailureCount::turns)))
                .entrySet()
                .stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
    }

    private void findFullProcessors() {
        List<SlotStatistics> slots = reading.running().stream()
                .map(ProcessorStatistics::places)
                .filter(Objects::nonNull)
                .toList();
        int ready = slots.stream().mapToInt(SlotStatistics::ready).sum();
        if (ready > 0 && slots.stream().anyMatch(processor -> processor.free() == 0 && processor.ready() > 0)) {
            warning(
                    "slots_full",
                    ready + (ready == 1 ? " session waits" : " sessions wait") + " for a slot: running turns use all "
                            + slots.stream().mapToInt(SlotStatistics::most).sum()
                            + " slots. More processors would help.",
                    "processors");
        }
        names(ProcessorStatistics::hasStalled)
                .ifPresent(names -> failure(
                        "processor_stalled",
                        "Processor " + names + " reads no more turns: its open turns have reached their limit, and"
                                + " none has ended for a minute.",
                        "processors"));
    }

    private void findRebuilds() {
        List<Integer> rebuilding = reading.details().stream()
                .flatMap(detail -> detail.partitions().stream())
                .filter(partition -> partition.rebuilding() != null)
                .map(ProcessorDetail.PartitionDetail::partition)
                .sorted()
                .toList();
        if (!rebuilding.isEmpty()) {
            warning(
                    "memory_rebuild",
                    "Redis lost data: the memory of " + list("partition", rebuilding)
                            + " is being restored from Kafka, and turns there wait for it.",
                    "processors");
        }
    }

    private void findRefusals() {
        Map<String, Long> refusals = new LinkedHashMap<>();
        reading.gateways().stream()
                .map(GatewayStatistics::refusals)
                .forEach(one -> one.forEach((reason, count) -> refusals.merge(reason, count, Long::sum)));
        long overload = refusals.getOrDefault("overload", 0L);
        if (overload > 0) {
            failure(
                    "overload",
                    "Gateways rejected " + count(overload, "question") + " in the last minute, because a new question"
                            + " would wait longer than the configured maximum.",
                    "gateways");
        }
        long unavailable = refusals.getOrDefault("unavailable", 0L);
        if (unavailable > 0) {
            failure(
                    "unavailable",
                    "Gateways rejected " + count(unavailable, "question")
                            + " in the last minute, because Kafka or Redis did not answer.",
                    "gateways");
        }
    }

    private void findTakenOutTargets() {
        reading.routes()
                .forEach(route -> route.settings().targets().forEach(target -> {
                    if (target.takenOut() != null) {
                        warning(
                                "agent_taken_out",
                                "The route " + route.name() + " sends no questions to " + target.agent() + ": "
                                        + target.takenOut().reason() + ".",
                                "agents");
                    }
                }));
    }

    private void findDrains() {
        names(processor -> processor.state() == ProcessorState.DRAINING)
                .ifPresent(names -> warning(
                        "draining",
                        "Processor " + names + " is draining: it finishes its running turns and leaves the others to"
                                + " other processors.",
                        "processors"));
    }

    private Optional<String> names(Predicate<ProcessorStatistics> matching) {
        String names = reading.processors().stream()
                .filter(matching)
                .map(ProcessorStatistics::processor)
                .sorted()
                .collect(Collectors.joining(", "));
        return Optional.of(names).filter(text -> !text.isEmpty());
    }

    private void findLongWait() {
        reading.details().stream()
                .map(ProcessorDetail::longestWaiting)
                .filter(Objects::nonNull)
                .filter(lane -> lane.waiting() != null && waited(lane).compareTo(LONG_WAIT) > 0)
                .max(Comparator.comparing(this::waited))
                .ifPresent(lane -> warning(
                        "long_wait",
                        "A turn of session " + lane.sessionId() + " has waited for " + text(waited(lane)) + ": "
                                + reason(lane),
                        "lanes"));
    }

    private Duration waited(LaneDetail lane) {
        return Duration.between(Objects.requireNonNull(lane.waiting()).askedAt(), reading.at());
    }

    private static String reason(LaneDetail lane) {
        return switch (lane.state()) {
            case "running" -> "earlier turns of its session come first.";
            case "delayed" -> "the oldest turn of its session waits for its next attempt.";
            case "ready" -> "it waits for a slot.";
            default -> "the oldest turn of its session is being ended.";
        };
    }

    private String load() {
        int running = reading.processors().stream()
                .mapToInt(ProcessorStatistics::running)
                .sum();
        int waiting = reading.processors().stream()
                .mapToInt(ProcessorStatistics::waiting)
                .sum();
        return "Everything works: " + count(running, "turn") + (running == 1 ? " runs" : " run") + " and " + waiting
                + (waiting == 1 ? " waits." : " wait.");
    }

    private void failure(String code, String sentence, String view) {
        add(HealthLevel.FAILURE, code, sentence, view);
    }

    private void warning(String code, String sentence, String view) {
        add(HealthLevel.WARNING, code, sentence, view);
    }

    private void add(HealthLevel level, String code, String sentence, String view) {
        problems.add(new FleetProblem(level, code, sentence, view));
    }

    private static String name(LaneTurn turn) {
        return turn.agent() == null ? "" : " " + turn.agent();
    }
}
