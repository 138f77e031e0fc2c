package io.turnlane.chaos.fault.act;

import io.turnlane.chaos.fault.expect.FaultExpectations;
import io.turnlane.chaos.load.ClientLoad;
import io.turnlane.chaos.load.LoadTurn;
import io.turnlane.chaos.rig.LogTrim;
import io.turnlane.chaos.rig.Rig;
import io.turnlane.model.topic.Topics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.common.TopicPartition;

/**
 * Faults that lose data while no processor runs. Each starts all processors again. Used only by the driver's thread.
 */
public final class OutageFaults {

    private final Rig rig;
    private final ClientLoad load;
    private final RedisFaults redis;
    private final QuestionFaults questions;
    private final RunningTurns running;
    private final LogKeeper log;
    private final FaultExpectations expectations;

    public OutageFaults(
            Rig rig,
            ClientLoad load,
            RedisFaults redis,
            QuestionFaults questions,
            RunningTurns running,
            LogKeeper log,
            FaultExpectations expectations) {
        this.rig = rig;
        this.load = load;
        this.redis = redis;
        this.questions = questions;
        this.running = running;
        this.log = log;
        this.expectations = expectations;
    }

    /**
     * Asks questions while all processors are frozen, cancels them, removes all data from Redis, and replaces the
     * processors. The questions must end as cancelled without a call of the agent. Returns the number of cancels.
     */
    public int flushAfterCancels(int count) throws IOException, InterruptedException {
        rig.processorNames().forEach(name -> rig.member(name).freeze());
        List<LoadTurn> asked = questions.askWaiting(count, "cancelled");
        int cancelled = 0;
        for (LoadTurn turn : asked) {
            boolean accepted = load.cancel("client-x", turn);
            expectations.failIf(!accepted, "the cancel of request " + turn.request() + " was not accepted");
            cancelled += accepted ? 1 : 0;
        }
        redis.flush();
        rig.processorNames().forEach(name -> {
            rig.member(name).kill();
            running.processEnded(name);
        });
        rig.startAll();
        return cancelled;
    }

    /**
     * Stops all processors while questions wait behind running turns, and deletes all records from the turns topic. The
     * waiting questions must end as expired without a call of the agent. Returns their number.
     */
    public int deleteRecords(int count) throws IOException, InterruptedException, ExecutionException {
        List<LoadTurn> waiting = questions.askBehindRunningTurns(count);
        stopProcessors();
        try (LogTrim trim = new LogTrim(rig.kafka())) {
            Map<TopicPartition, Long> ends = trim.ends(List.of(Topics.DEFAULT.turns()));
            log.keepTurns(ends);
            trim.deleteBefore(ends);
        }
        rig.startAll();
        return waiting.size();
    }

    private void stopProcessors() throws InterruptedException, ExecutionException {
        List<Future<?>> stops = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            rig.processorNames()
                    .forEach(name ->
                            stops.add(threads.submit(() -> rig.member(name).stop())));
            for (Future<?> stop : stops) {
                stop.get();
            }
        }
        rig.processorNames().forEach(running::processEnded);
    }
}
