package io.turnlane.chaos.load;

import io.turnlane.chaos.history.HistoryLine;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Runs all clients of a run. {@link #start} starts them, and {@link #finish} waits until each client has received the
 * ends of its turns. The driver's thread calls these methods. Clients run on virtual threads and share only the
 * {@link AcceptedTurns}.
 */
public final class ClientLoad implements AutoCloseable {

    private static final Duration ENDS_POLL = Duration.ofMillis(20);

    private final GatewayApi gateways;
    private final HistoryRecorder history;
    private final AcceptedTurns acceptedTurns = new AcceptedTurns();
    private final Asker asker;
    private final StreamFollower follower;
    private final Poller poller;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Future<?>> clients = new ArrayList<>();

    private volatile boolean asking = true;
    private volatile long waitUntil = Long.MAX_VALUE;

    public ClientLoad(GatewayApi gateways, HistoryRecorder history) {
        this.gateways = gateways;
        this.history = history;
        this.asker = new Asker(gateways, history, acceptedTurns);
        this.follower = new StreamFollower(gateways, history, acceptedTurns);
        this.poller = new Poller(gateways, history);
    }

    public AcceptedTurns acceptedTurns() {
        return acceptedTurns;
    }

    public GatewayApi gateways() {
        return gateways;
    }

    /**
     * Starts the clients of a profile.
     *
     * @param tag prefix of all session names, so that the runs on one rig use different sessions
     */
    public void start(String tag, LoadProfile profile, long seed) {
        SplittableRandom seeds = new SplittableRandom(seed);
        int before = clients.size();
        for (int number = before + 1; number <= before + profile.clients(); number++) {
            LoadClient client = new LoadClient(
                    "client-" + number, tag + "-" + number, profile, seeds.split(), asker, follower, poller);
            clients.add(threads.submit(() -> {
                client.run(() -> asking, this::waiting);
                return null;
            }));
        }
    }

    /** Asks one question without waiting for its end. */
    public Optional<LoadTurn> ask(String client, ScriptedQuestion question) throws InterruptedException {
        return asker.ask(client, question.hashCode() & 1, question, this::waiting);
    }

    /** Cancels a turn; returns true if the gateway accepted the cancel with 202. */
    public boolean cancel(String client, LoadTurn turn) throws IOException, InterruptedException {
        String path = "/v1/sessions/" + turn.session() + "/requests/" + turn.request() + "/cancel";
        boolean accepted = gateways.postRaw(0, path, "{}", Map.of()).status() == 202;
        if (accepted) {
            history.write(new HistoryLine.CancelAccepted(history.now(), client, turn.session(), turn.request()));
        }
        return accepted;
    }

    /** Follows a turn to its end on a separate thread. */
    public void follow(String client, LoadTurn turn) {
        clients.add(threads.submit(() -> follower.follow(client, 0, turn, this::waiting)));
    }

    private boolean waiting() {
        return System.nanoTime() < waitUntil;
    }

    /** Polls a turn until it ends or the limit has passed; returns true if it ended. */
    public boolean awaitEnd(LoadTurn turn, Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        BooleanSupplier beforeLimit = () -> System.nanoTime() < end;
        return poller.awaitEnd("driver", 0, turn, beforeLimit);
    }

    /** Waits until this many more turns have ended or the limit has passed; returns true if the turns have ended. */
    public boolean awaitEnds(int more, Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        long target = acceptedTurns.ended() + more;
        while (acceptedTurns.ended() < target && System.nanoTime() < end) {
            Thread.sleep(ENDS_POLL);
        }
        return acceptedTurns.ended() >= target;
    }

    /**
     * Stops asking and waits until each accepted turn has ended.
     *
     * @return the turns that had not ended within the limit
     */
    public List<LoadTurn> finish(Duration limit) throws InterruptedException {
        asking = false;
        waitUntil = System.nanoTime() + limit.toNanos();
        for (Future<?> client : clients) {
            awaitClient(client);
        }
        for (LoadTurn turn : acceptedTurns.open()) {
            poller.awaitEnd("driver", 0, turn, this::waiting);
        }
        return acceptedTurns.open();
    }

    private void awaitClient(Future<?> client) throws InterruptedException {
        long left = Math.max(1, waitUntil - System.nanoTime());
        try {
            client.get(left, TimeUnit.NANOSECONDS);
        } catch (java.util.concurrent.TimeoutException _) {
            client.cancel(true);
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException("a client failed", e.getCause());
        }
    }

    @Override
    public void close() {
        asking = false;
        threads.shutdownNow();
        gateways.close();
    }
}
