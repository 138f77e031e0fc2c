package io.turnlane.chaos.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * All clients of a run. {@link #start} lets them ask, {@link #finish} waits until each has seen its turns' ends. The
 * driver's thread calls these; clients run on virtual threads, and meet in the {@link AcceptedTurns} only.
 */
public final class ClientLoad implements AutoCloseable {

    private final GatewayApi gateways;
    private final AcceptedTurns acceptedTurns = new AcceptedTurns();
    private final Asker asker;
    private final StreamFollower follower;
    private final Poller poller;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Future<?>> clients = new ArrayList<>();

    private volatile boolean asking = true;
    private volatile long seeUntil = Long.MAX_VALUE;

    public ClientLoad(GatewayApi gateways, HistoryRecorder history) {
        this.gateways = gateways;
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
     * Lets clients begin.
     *
     * @param tag what all names of sessions begin with, so that runs on one rig don't meet
     */
    public void start(String tag, LoadProfile profile, long seed) {
        SplittableRandom seeds = new SplittableRandom(seed);
        int before = clients.size();
        for (int number = before + 1; number <= before + profile.clients(); number++) {
            LoadClient client = new LoadClient(
                    "client-" + number, tag + "-" + number, profile, seeds.split(), asker, follower, poller);
            clients.add(threads.submit(() -> {
                client.run(() -> asking, this::seeing);
                return null;
            }));
        }
    }

    /** Asks one question, and leaves it. */
    public Optional<LoadTurn> ask(String client, ScriptedQuestion question) throws InterruptedException {
        return asker.ask(client, question.hashCode() & 1, question, this::seeing);
    }

    /** Follows a turn to its end on a thread of its own. */
    public void follow(String client, LoadTurn turn) {
        clients.add(threads.submit(() -> follower.follow(client, 0, turn, this::seeing)));
    }

    private boolean seeing() {
        return System.nanoTime() < seeUntil;
    }

    /** Waits until a turn has ended, asking for it itself. */
    public boolean awaitEnd(LoadTurn turn, Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        BooleanSupplier goOn = () -> System.nanoTime() < end;
        return poller.awaitEnd("driver", 0, turn, goOn);
    }

    /**
     * No more questions; waits until each accepted turn has ended.
     *
     * @return the turns that had not ended within the limit
     */
    public List<LoadTurn> finish(Duration limit) throws InterruptedException {
        asking = false;
        seeUntil = System.nanoTime() + limit.toNanos();
        for (Future<?> client : clients) {
            awaitClient(client);
        }
        for (LoadTurn turn : acceptedTurns.open()) {
            poller.awaitEnd("driver", 0, turn, this::seeing);
        }
        return acceptedTurns.open();
    }

    private void awaitClient(Future<?> client) throws InterruptedException {
        long left = Math.max(1, seeUntil - System.nanoTime());
        try {
            client.get(left, TimeUnit.NANOSECONDS);
        } catch (java.util.concurrent.TimeoutException _) {
            client.cancel(true);
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException("a client broke", e.getCause());
        }
    }

    @Override
    public void close() {
        asking = false;
        threads.shutdownNow();
        gateways.close();
    }
}
