package io.turnlane.standalone;

import io.lettuce.core.RedisException;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.RebuildSession;
import io.turnlane.model.SessionId;
import io.turnlane.model.Topics;
import io.turnlane.processor.rebuild.RebuildReport;
import io.turnlane.standalone.memory.CommandLog;
import io.turnlane.standalone.memory.MemoryStore;
import io.turnlane.standalone.run.BackendAddresses;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** Has memory rebuilt by the processors that run, and waits until it is. */
@Command(
        name = "rebuild",
        description = {
            "Put into memory what the log holds and memory misses; what it has stays.",
            "Processors do that by themselves where Redis lost its memory. Without --session: all partitions.",
            "It uses KAFKA_BOOTSTRAP_SERVERS and REDIS_URL, by default the backends of the data folder;",
            "for TLS and SASL --kafka-config.",
            "Of a Redis Cluster REDIS_URL may name any node.",
            "Exit code 1 where no processor did it in time, or nobody knows the session."
        })
final class MemoryRebuildCommand implements Callable<Integer> {

    private static final int LOOK_MILLIS = 100;

    @Option(names = "--session", paramLabel = "ID", description = "Only this one, after the turns that it has queued.")
    private @Nullable String session;

    @Option(names = "--user", paramLabel = "ID", description = "Whose session it is, where users are told apart.")
    private @Nullable String user;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "120",
            description = "How long to wait for it. Default: ${DEFAULT-VALUE}.")
    private int timeout;

    @Option(
            names = "--topics",
            paramLabel = "PREFIX",
            defaultValue = "turnlane.",
            description = "Start of the topics' names. Default: ${DEFAULT-VALUE}")
    private String prefix = "turnlane.";

    @Option(names = "--json", description = "Print one JSON object at the end.")
    private boolean json;

    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private KafkaOption kafka = new KafkaOption();

    @Override
    public Integer call() throws InterruptedException {
        LogSetup.quiet();
        BackendAddresses backends = BackendAddresses.find(System.getenv(), data.path())
                .orElseThrow(
                        () -> new CommandFailedException(
                                "No Kafka and Redis here: ./turnlane up starts them, or set KAFKA_BOOTSTRAP_SERVERS and REDIS_URL."));
        String turns = new Topics(prefix).turns();
        try (MemoryStore store = new MemoryStore(backends.redisUrl(), turns)) {
            CommandLog log = new CommandLog(kafka.connection(backends.kafkaBootstrapServers()), turns);
            return session == null ? all(store, log.partitions()) : one(store, log, new SessionId(session));
        } catch (RedisException e) {
            throw new CommandFailedException("Redis doesn't answer: " + e.getMessage());
        } catch (ExecutionException e) {
            throw e.getCause() instanceof UnknownTopicOrPartitionException
                    ? new CommandFailedException("Kafka has no topic " + turns + ".")
                    : KafkaOption.failed(e, backends.kafkaBootstrapServers());
        } catch (KafkaException e) {
            throw KafkaOption.failed(e, backends.kafkaBootstrapServers());
        } catch (IllegalArgumentException e) {
            throw new CommandFailedException(String.valueOf(e.getMessage()));
        }
    }

    private int one(MemoryStore store, CommandLog log, SessionId id) throws ExecutionException, InterruptedException {
        RebuildSession command = new RebuildSession(new RequestId(UUID.randomUUID()), id, user, Instant.now());
        log.put(command);
        for (long end = end(); System.nanoTime() < end; TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS)) {
            var restored = store.restored(command.key(), command.requestId());
            if (restored.isPresent()) {
                return rebuilt(id, restored.getAsInt(), store.knows(command.key()));
            }
        }
        System.err.println("No processor did it within " + timeout + " s; it stays queued for the session's owner.");
        print("", Map.of("session_id", id.value(), "turns", 0, "done", false));
        return 1;
    }

    /** @param known whether there is anything of it in memory now */
    private int rebuilt(SessionId id, int turns, boolean known) {
        String outcome = turns > 0
                ? turns + " turns put back"
                : known ? "misses nothing that the log holds" : "is unknown to memory and to the log";
        print(id + "  " + outcome, Map.of("session_id", id.value(), "turns", turns, "known", known, "done", true));
        return known ? 0 : 1;
    }

    private int all(MemoryStore store, int partitions) throws InterruptedException {
        Set<Integer> waiting = new TreeSet<>();
        for (int partition = 0; partition < partitions; partition++) {
            store.doubt(partition);
            waiting.add(partition);
        }
        List<RebuildReport> reports = new ArrayList<>();
        int printed = 0;
        for (long end = end();
                !waiting.isEmpty() && System.nanoTime() < end;
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS)) {
            waiting.removeIf(
                    partition -> store.report(partition).map(reports::add).isPresent());
            reports.subList(printed, reports.size()).forEach(this::printOne);
            printed = reports.size();
        }
        summary(reports, waiting);
        return waiting.isEmpty() ? 0 : 1;
    }

    private long end() {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(timeout);
    }

    private void printOne(RebuildReport report) {
        if (!json) {
            System.out.printf(
                    "partition %-5d sessions %-7d turns put back %-7d %s%.1f s%n",
                    report.partition(),
                    report.sessions(),
                    report.turns(),
                    report.dropped() > 0 ? "left out " + report.dropped() + "  " : "",
                    report.took().toMillis() / 1000.0);
        }
    }

    private void summary(List<RebuildReport> reports, Set<Integer> waiting) {
        int sessions = reports.stream().mapToInt(RebuildReport::sessions).sum();
        int turns = reports.stream().mapToInt(RebuildReport::turns).sum();
        if (!waiting.isEmpty()) {
            System.err.println("Not rebuilt within " + timeout + " s: partitions " + waiting
                    + ". Is a processor running (./turnlane status)?");
        }
        reports.sort(Comparator.comparingInt(RebuildReport::partition));
        print(
                "memory of %d partitions is whole: %d sessions looked after, %d turns put back"
                        .formatted(reports.size(), sessions, turns),
                Map.of(
                        "partitions",
                        reports.stream().map(MemoryRebuildCommand::fields).toList(),
                        "waiting",
                        waiting,
                        "sessions",
                        sessions,
                        "turns",
                        turns,
                        "done",
                        waiting.isEmpty()));
    }

    private static Map<String, Object> fields(RebuildReport report) {
        return Map.of(
                "partition", report.partition(),
                "sessions", report.sessions(),
                "turns", report.turns(),
                "dropped", report.dropped(),
                "seconds", report.took().toMillis() / 1000.0,
                "processor", report.processor());
    }

    private void print(String line, Map<String, ?> fields) {
        if (json) {
            System.out.println(JsonMapper.shared().writeValueAsString(fields));
        } else if (!line.isEmpty()) {
            System.out.println(line);
        }
    }
}
