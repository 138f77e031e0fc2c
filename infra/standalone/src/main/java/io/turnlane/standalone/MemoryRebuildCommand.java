package io.turnlane.standalone;

import io.lettuce.core.RedisException;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.RebuildSession;
import io.turnlane.model.SessionId;
import io.turnlane.model.redis.RedisState;
import io.turnlane.model.redis.RedisTls;
import io.turnlane.model.topic.Topics;
import io.turnlane.standalone.memory.CommandLog;
import io.turnlane.standalone.memory.MemoryStore;
import io.turnlane.standalone.options.DataOption;
import io.turnlane.standalone.options.KafkaOption;
import io.turnlane.standalone.run.BackendAddresses;
import io.turnlane.standalone.terminal.CommandFailedException;
import io.turnlane.standalone.terminal.Counted;
import io.turnlane.standalone.terminal.LogSetup;
import io.turnlane.store.loss.RebuildReport;
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

/** Command that makes the running processors rebuild memory and waits until the rebuild is complete. */
@Command(
        name = "rebuild",
        description = {
            "Restore session data that Redis lost, from the log. Data that Redis still has is kept.",
            "Processors do this automatically when Redis loses data. Without --session, all sessions are restored.",
            "It uses KAFKA_BOOTSTRAP_SERVERS and REDIS_URL if they are set, otherwise the Kafka and Redis",
            "that ./turnlane up or ./turnlane backends started on the same data folder.",
            "For TLS and SASL, use --kafka-config, rediss:// in REDIS_URL, and REDIS_CA_FILE.",
            "In a Redis Cluster, REDIS_URL may name any node.",
            "Exit code 1 if no processor did it in time, or if the session is unknown."
        })
final class MemoryRebuildCommand implements Callable<Integer> {

    private static final int POLL_MILLIS = 100;

    @Option(
            names = "--session",
            paramLabel = "ID",
            description = "Restore only this session, after its queued turns have run.")
    private @Nullable String session;

    @Option(
            names = "--user",
            paramLabel = "ID",
            description = "With --session: the user who owns the session, if gateways require authentication.")
    private @Nullable String user;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "120",
            description = "Time to wait for the result. Default: ${DEFAULT-VALUE}.")
    private int timeout;

    @Option(
            names = "--topics",
            paramLabel = "PREFIX",
            defaultValue = "turnlane.",
            description = "Prefix of the topic names. Default: \"${DEFAULT-VALUE}\" (with the dot).")
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
        BackendAddresses backends = data.backends();
        String turns = new Topics(prefix).turns();
        try (MemoryStore store = new MemoryStore(backends.redisUrl(), RedisTls.of(System.getenv()::get), turns)) {
            CommandLog log = new CommandLog(kafka.connection(backends.kafka()), turns);
            return session == null ? all(store, log.partitions()) : one(store, log, new SessionId(session));
        } catch (RedisException e) {
            throw new CommandFailedException(RedisState.causing(e)
                    .map(state -> "Redis can't be used: " + state.description() + ".")
                    .orElse("Redis does not answer. Check REDIS_URL. Cause: " + e.getMessage()));
        } catch (ExecutionException e) {
            throw e.getCause() instanceof UnknownTopicOrPartitionException
                    ? new CommandFailedException("Kafka has no topic " + turns
                            + ". Check --topics. A gateway creates the topics when it starts.")
                    : KafkaOption.describe(e, backends.kafka());
        } catch (KafkaException e) {
            throw KafkaOption.describe(e, backends.kafka());
        } catch (IllegalArgumentException e) {
            throw new CommandFailedException(String.valueOf(e.getMessage()));
        }
    }

    private int one(MemoryStore store, CommandLog log, SessionId id) throws ExecutionException, InterruptedException {
        RebuildSession command = new RebuildSession(new RequestId(UUID.randomUUID()), id, user, Instant.now());
        log.publish(command);
        for (long deadline = deadline(); System.nanoTime() < deadline; TimeUnit.MILLISECONDS.sleep(POLL_MILLIS)) {
            var restored = store.restored(command.key(), command.requestId());
            if (restored.isPresent()) {
                return printRebuilt(id, restored.getAsInt(), store.contains(command.key()));
            }
        }
        System.err.println("No processor rebuilt the session within " + timeout
                + " s. The command stays queued until one does. Check for running processors: ./turnlane status");
        print("", Map.of("session_id", id.value(), "turns", 0, "done", false));
        return 1;
    }

    /** @param known true if Redis now holds any data of the session */
    private int printRebuilt(SessionId id, int turns, boolean known) {
        String outcome = turns > 0
                ? "restored " + Counted.of(turns, "turn")
                : known ? "nothing to restore" : "unknown: neither Redis nor the log has this session";
        print(id + "  " + outcome, Map.of("session_id", id.value(), "turns", turns, "known", known, "done", true));
        return known ? 0 : 1;
    }

    private int all(MemoryStore store, int partitions) throws InterruptedException {
        Set<Integer> waiting = new TreeSet<>();
        for (int partition = 0; partition < partitions; partition++) {
            store.requestRebuild(partition);
            waiting.add(partition);
        }
        List<RebuildReport> reports = new ArrayList<>();
        int printed = 0;
        for (long deadline = deadline();
                !waiting.isEmpty() && System.nanoTime() < deadline;
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS)) {
            waiting.removeIf(
                    partition -> store.report(partition).map(reports::add).isPresent());
            reports.subList(printed, reports.size()).forEach(this::printOne);
            printed = reports.size();
        }
        summary(reports, waiting);
        return waiting.isEmpty() ? 0 : 1;
    }

    private long deadline() {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(timeout);
    }

    private void printOne(RebuildReport report) {
        if (!json) {
            System.out.printf(
                    "partition %-5d %7d sessions checked, %7d turns restored  %s%.1f s%n",
                    report.partition(),
                    report.sessions(),
                    report.turns(),
                    report.dropped() > 0 ? notRestored(report.dropped()) + "  " : "",
                    report.took().toMillis() / 1000.0);
        }
    }

    private static String notRestored(int sessions) {
        return Counted.of(sessions, "session") + " not restored (see the processor's log)";
    }

    private void summary(List<RebuildReport> reports, Set<Integer> waiting) {
        int sessions = reports.stream().mapToInt(RebuildReport::sessions).sum();
        int turns = reports.stream().mapToInt(RebuildReport::turns).sum();
        int dropped = reports.stream().mapToInt(RebuildReport::dropped).sum();
        if (!waiting.isEmpty()) {
            System.err.println("Not rebuilt within " + timeout + " s: partitions " + waiting
                    + ". Check that a processor is running: ./turnlane status");
        }
        reports.sort(Comparator.comparingInt(RebuildReport::partition));
        print(
                "rebuilt %s: %s checked, %s restored%s"
                        .formatted(
                                Counted.of(reports.size(), "partition"),
                                Counted.of(sessions, "session"),
                                Counted.of(turns, "turn"),
                                dropped > 0 ? ", " + notRestored(dropped) : ""),
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
