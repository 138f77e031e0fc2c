package io.turnlane.bench.engine;

import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnError;
import io.turnlane.processor.intake.IntakeSettings;
import io.turnlane.processor.intake.RecordHandler;
import io.turnlane.processor.intake.RecordReader;
import io.turnlane.processor.intake.TurnPoller;
import io.turnlane.processor.lane.LaneOutcome;
import io.turnlane.processor.lane.LaneScheduler;
import io.turnlane.processor.lane.OfferResult;
import io.turnlane.processor.turn.Turn;
import io.turnlane.processor.turn.Turn.Claim;
import io.turnlane.processor.turn.Turn.RecordGoneException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Turnlane's engine without turns: poll thread, fences, ledger, budget, lanes and commits, with default settings. */
public final class TurnlaneEngine implements KeyedEngine {

    /** Number of records that are worked on at the same time, as of {@code turnlane.processor.intake.running}. */
    public static final int SLOTS = 1000;

    private static final Duration STOP_LIMIT = Duration.ofSeconds(15);

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService delays = Executors.newSingleThreadScheduledExecutor();
    private final RecordReader reader;
    private final TurnPoller poller;
    private final LaneScheduler<SessionKey, Turn> lanes;

    private TurnlaneEngine(EngineLog log, RecordWork work) {
        lanes = new LaneScheduler<>(
                SLOTS,
                threads,
                (time, task) -> {
                    var scheduled = delays.schedule(task, time.toNanos(), TimeUnit.NANOSECONDS);
                    return () -> scheduled.cancel(false);
                },
                Turn::identity,
                Turn::priorityRank,
                (_, turn) -> run(turn, work),
                (turn, _) -> turn.claim().release());
        reader = new RecordReader(
                () -> new KafkaConsumer<>(
                        log.consumerSettings(Map.of("auto.offset.reset", "none")),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer()),
                2);
        IntakeSettings settings = new IntakeSettings(
                EngineLog.TOPIC, 5000, 64L << 20, 100_000, Duration.ofMillis(100), Duration.ofMillis(500));
        poller = new TurnPoller(
                log.newGroupConsumer(100),
                settings,
                new ToLanes(),
                InstantSource.system(),
                System::nanoTime,
                reader,
                _ -> {});
        Thread.ofPlatform().daemon().name("bench-poll").start(poller);
    }

    public static KeyedEngine start(EngineLog log, RecordWork work) {
        return new TurnlaneEngine(log, work);
    }

    private static LaneOutcome run(Turn turn, RecordWork work) {
        try {
            work.run(turn.claim().value());
        } catch (RecordGoneException e) {
            throw new IllegalStateException(e);
        }
        turn.claim().complete();
        return LaneOutcome.DONE;
    }

    /** Adds records to lanes, as the processor does with questions that have no policy. */
    private final class ToLanes implements RecordHandler {

        private static final int MAX_LOADED = 64;

        @Override
        public void onTurn(Turn turn) {
            OfferResult offered = lanes.offer(turn.session(), turn);
            if (offered.duplicate()) {
                turn.claim().complete();
            } else if (offered.ahead() >= MAX_LOADED) {
                turn.claim().unload();
            }
        }

        @Override
        public void onUnreadable(Claim claim, TurnError error) {
            throw new IllegalStateException("The benchmark wrote a record that cannot be read: " + error);
        }

        @Override
        public void onPartitionsLeaving(Predicate<Claim> belongsToPartitions, boolean orderly) {
            lanes.withdraw(turn -> belongsToPartitions.test(turn.claim()))
                    .forEach(turn -> turn.claim().release());
        }
    }

    @Override
    public void close() {
        lanes.stopDispatching();
        poller.stop();
        try {
            var _ = poller.awaitStopped(STOP_LIMIT);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        threads.shutdownNow();
        delays.shutdownNow();
        reader.close();
    }
}
