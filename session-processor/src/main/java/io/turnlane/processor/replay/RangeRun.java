package io.turnlane.processor.replay;

import io.turnlane.processor.turn.TurnEngine.TurnRuntime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Replay of a range. A thread of its own reads each partition. It waits while too many turns are outstanding, so that
 * the heap stays bounded.
 *
 * <p>Threading: one thread calls {@link #run}. Any thread may call the other methods. The monitor of this object guards
 * the addition of results.
 */
public final class RangeRun {

    /** Maximum number of turns that have been read and have no result yet. */
    private static final int MAX_OUTSTANDING = 1_000;

    private static final int STOP_CHECK_MS = 100;

    private final List<PassState> passes;
    private final TurnTrial trial;
    private final TurnRuntime runtime;
    private final ReplayResults results;
    private final SessionTasks tasks;
    private final TurnPace pace;
    private final AtomicInteger compared = new AtomicInteger();
    private final AtomicInteger different = new AtomicInteger();
    private final AtomicInteger resumed = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile boolean stopped;

    /**
     * Pass over a partition.
     *
     * @param from offset of the first turn of the range
     * @param to offset after the last turn of the range
     */
    record PartitionPass(long from, long to, PassRead read) {}

    /** Reads a partition. */
    @FunctionalInterface
    interface PassRead {

        /** Reads until the end or until {@code proceed} returns false, and returns the sessions at this time. */
        RecordedTurns read(Consumer<RecordedTurn> receiver, Predicate<RecordedTurns> proceed);
    }

    /** Progress of one pass; the turns are null until the pass begins. */
    private static final class PassState {
        private final PartitionPass pass;
        private volatile @Nullable RecordedTurns turns;
        private volatile boolean ended;

        PassState(PartitionPass pass) {
            this.pass = pass;
        }

        long total() {
            return pass.to() - pass.from();
        }

        long read() {
            RecordedTurns current = turns;
            return ended
                    ? total()
                    : current == null ? 0 : Math.clamp(current.progress().nextOffset() - pass.from(), 0, total());
        }
    }

    /**
     * Progress of a run.
     *
     * @param compared number of turns that this run has compared
     * @param different number of these turns whose ends differ
     * @param resumed number of turns whose results already existed
     * @param waiting number of turns that have been read and have no result yet
     * @param read share of the log's records in the range that have been read, from 0 to 1
     * @param otherEnds number of selected questions that have no answer and no error to compare with
     * @param withoutEnd number of selected questions whose end has not been read; when the run has ended, the log does
     *     not have these ends
     * @param droppedSessions number of sessions that were dropped because their history did not fit into the heap
     */
    public record RunProgress(
            int compared,
            int different,
            int resumed,
            int waiting,
            double read,
            int otherEnds,
            int withoutEnd,
            int droppedSessions) {}

    RangeRun(
            List<PartitionPass> passes,
            TurnTrial trial,
            TurnRuntime runtime,
            ReplayOptions options,
            ReplayResults results) {
        this.passes = passes.stream().map(PassState::new).toList();
        this.trial = trial;
        this.runtime = runtime;
        this.results = results;
        this.tasks = new SessionTasks(runtime.executor(), options.parallel(), MAX_OUTSTANDING);
        this.pace = new TurnPace(options.perSecond(), runtime.pause());
    }

    /**
     * Runs until all turns have results or {@link #stop} is called. Does not wait for agents that still run after a
     * stop.
     *
     * @return true if all turns have results; false if the run was stopped
     * @throws IllegalStateException if the log cannot be read or a result cannot be stored; the run can be resumed
     */
    public boolean run() throws InterruptedException {
        CountDownLatch reading = new CountDownLatch(passes.size());
        Semaphore readers = new Semaphore(KafkaRangeReplay.READERS);
        for (PassState pass : passes) {
            runtime.executor().execute(() -> {
                readers.acquireUninterruptibly();
                try {
                    read(pass);
                } catch (RuntimeException | Error e) {
                    fail(e);
                } finally {
                    readers.release();
                    reading.countDown();
                }
            });
        }
        while (!stopped && !reading.await(STOP_CHECK_MS, TimeUnit.MILLISECONDS)) {
            // checks again
        }
        while (!stopped && !tasks.awaitEnd(STOP_CHECK_MS)) {
            // checks again
        }
        Throwable thrown = failure.get();
        if (thrown != null) {
            throw new IllegalStateException("The replay failed (" + thrown + ").", thrown);
        }
        synchronized (this) { // no result is being added
            return !stopped;
        }
    }

    private void read(PassState state) {
        if (!stopped) {
            state.turns = state.pass.read().read(this::submit, turns -> {
                state.turns = turns;
                return !stopped;
            });
            state.ended = !stopped;
        }
    }

    private void fail(Throwable cause) {
        failure.compareAndSet(null, cause);
        stop();
    }

    private void submit(RecordedTurn turn) {
        if (results.contains(turn.ask().requestId())) {
            resumed.incrementAndGet();
        } else if (!stopped) {
            tasks.submit(turn.ask().key(), () -> run(turn));
        }
    }

    private void run(RecordedTurn turn) {
        if (stopped) {
            return;
        }
        try {
            pace.await();
            if (stopped) {
                return;
            }
            keep(trial.run(turn));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stop();
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    /** After a stop, the results are possibly closed. */
    private synchronized void keep(ComparedTurn result) {
        if (!stopped) {
            results.add(result);
            compared.incrementAndGet();
            different.addAndGet(result.differences().exact() ? 0 : 1);
        }
    }

    /** Stops the run soon. Turns without a result run again when the replay is resumed. */
    public void stop() {
        stopped = true;
    }

    /** Returns the progress. */
    public RunProgress progress() {
        long total = Math.max(1, passes.stream().mapToLong(PassState::total).sum());
        long read = passes.stream().mapToLong(PassState::read).sum();
        int otherEnds = 0;
        int withoutEnd = 0;
        int dropped = 0;
        for (RecordedTurns turns : startedPasses()) {
            otherEnds += turns.progress().otherEnds();
            dropped += turns.progress().droppedSessions();
            withoutEnd += turns.progress().waiting();
        }
        return new RunProgress(
                compared.get(),
                different.get(),
                resumed.get(),
                tasks.outstanding(),
                Math.min(1, (double) read / total),
                otherEnds,
                withoutEnd,
                dropped);
    }

    private List<RecordedTurns> startedPasses() {
        List<RecordedTurns> started = new ArrayList<>();
        for (PassState pass : passes) {
            RecordedTurns turns = pass.turns;
            if (turns != null) {
                started.add(turns);
            }
        }
        return started;
    }
}
