package io.turnlane.chaos.simulation;

import io.turnlane.chaos.simulation.VirtualTime.KilledError;
import io.turnlane.chaos.simulation.VirtualTime.SimulatedHost;
import io.turnlane.model.AgentStates;
import io.turnlane.model.Answer;
import io.turnlane.model.PastTurn;
import io.turnlane.model.Phase;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnError;
import io.turnlane.model.Usage;
import io.turnlane.store.MemoryUnavailableException;
import io.turnlane.store.memory.BeginResult;
import io.turnlane.store.memory.FlightRef;
import io.turnlane.store.memory.InMemorySessionMemory;
import io.turnlane.store.memory.Memory;
import io.turnlane.store.memory.MemoryResult;
import io.turnlane.store.memory.SessionMemory;
import io.turnlane.store.memory.SettleResult;
import io.turnlane.store.memory.TurnEnding;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The store as one processor of a simulation uses it: calls take time, and calls and replies get lost. */
final class SimulatedStore implements SessionMemory {

    private final InMemorySessionMemory store;
    private final VirtualTime time;
    private final SimulatedHost host;
    private final SimulatedFaults faults;
    private final SimulatedHistory history;
    private final SimulationJournal journal;
    private final Mutation mutation;

    SimulatedStore(SimulatedWorld world, SimulatedHost host, Mutation mutation) {
        this.store = world.store();
        this.time = world.time();
        this.host = host;
        this.faults = world.faults();
        this.history = world.history();
        this.journal = world.journal();
        this.mutation = mutation;
    }

    private <T> T call(String name, FlightRef flight, Supplier<T> step) {
        takeTime();
        if (faults.losesCall()) {
            journal.add(host, "loses the call", name, flight.request());
            throw lost();
        }
        T result = step.get();
        boolean lost = faults.losesReply();
        journal.add(
                host,
                name,
                flight.request(),
                "with fence",
                flight.fence(),
                lost ? "loses the reply" : "returns",
                result instanceof Boolean ? result : result.getClass().getSimpleName());
        takeTime();
        if (lost) {
            throw lost();
        }
        return result;
    }

    private void takeTime() {
        if (host.isDead()) {
            throw new KilledError();
        }
        Duration latency = faults.latency();
        if (!latency.isZero()) {
            time.sleep(latency);
        }
    }

    private static MemoryUnavailableException lost() {
        return new MemoryUnavailableException("lost", new IllegalStateException("a simulated fault"));
    }

    /** Makes a call that can change the status of its own request and of others in the session. */
    private <T> T write(String name, FlightRef flight, List<RequestId> others, Supplier<T> step) {
        List<RequestId> requests = new ArrayList<>(others);
        requests.add(flight.request());
        return call(name, flight, () -> {
            List<Optional<RequestStatus>> before = statuses(flight, requests);
            T result = step.get();
            if (!statuses(flight, requests).equals(before)) { // otherwise the call repeats an earlier one
                history.written(flight);
            }
            requests.forEach(history::checkStatus);
            return result;
        });
    }

    private <T> T write(String name, FlightRef flight, Supplier<T> step) {
        return write(name, flight, List.of(), step);
    }

    private List<Optional<RequestStatus>> statuses(FlightRef flight, List<RequestId> requests) {
        return requests.stream()
                .map(request -> store.status(flight.session(), request))
                .toList();
    }

    private FlightRef sent(FlightRef flight) {
        return mutation == Mutation.FENCE
                ? new FlightRef(
                        flight.session(),
                        flight.request(),
                        flight.flight(),
                        1,
                        flight.partition(),
                        flight.offset(),
                        flight.loggedAt())
                : flight;
    }

    @Override
    public BeginResult begin(BeginRequest beginning) {
        FlightRef flight = beginning.flight();
        return write("begin", flight, () -> {
            Optional<RequestStatus> before = store.status(flight.session(), flight.request());
            BeginResult result = repeated(store.begin(new BeginRequest(
                    sent(flight),
                    beginning.ask(),
                    beginning.phases(),
                    beginning.eventsFrom(),
                    beginning.tooOld(),
                    beginning.soleSuspect(),
                    beginning.lossRuledOut(),
                    beginning.computedAttempt(),
                    beginning.outage(),
                    beginning.agentWait())));
            if (result instanceof BeginResult.RunTurn) {
                history.begun(flight, beginning.computedAttempt(), before.orElse(RequestStatus.QUEUED));
            }
            return result;
        });
    }

    private BeginResult repeated(BeginResult result) {
        return mutation == Mutation.DEDUPE
                        && result instanceof MemoryResult.AlreadyEnded(TurnEnding ending)
                        && ending.status() == RequestStatus.COMPLETED
                ? new BeginResult.RunTurn(ending.attempt() + 1, 0, null, Memory.EMPTY)
                : result;
    }

    @Override
    public SettleResult commit(
            FlightRef flight, PastTurn turn, Answer answer, @Nullable AgentStates states, Map<Phase, Instant> phases) {
        return write("commit", flight, () -> store.commit(sent(flight), turn, answer, states, phases));
    }

    @Override
    public SettleResult fail(FlightRef flight, TurnError error, boolean last, Usage usage, Map<Phase, Instant> phases) {
        return write("fail", flight, () -> store.fail(sent(flight), error, last, usage, phases));
    }

    @Override
    public SettleResult cancel(
            FlightRef flight, PastTurn turn, boolean takesOver, Usage usage, Map<Phase, Instant> phases) {
        return write("cancel", flight, () -> store.cancel(sent(flight), turn, takesOver, usage, phases));
    }

    @Override
    public DismissResult dismiss(FlightRef flight) {
        return write("dismiss", flight, () -> store.dismiss(sent(flight)));
    }

    @Override
    public DecideResult decide(BusyArrival arrival) {
        return write(
                "decide",
                arrival.flight(),
                arrival.ahead(),
                () -> store.decide(new BusyArrival(
                        sent(arrival.flight()),
                        arrival.ask(),
                        arrival.eventsFrom(),
                        arrival.tooOld(),
                        arrival.lossRuledOut(),
                        arrival.ahead())));
    }

    /** Releases a flight. The store compares no fence, so O5 is not checked. */
    @Override
    public void release(FlightRef flight, Usage usage) {
        call("release", flight, () -> {
            store.release(sent(flight), usage);
            history.checkStatus(flight.request());
            return true;
        });
    }

    @Override
    public boolean startHandover(FlightRef flight, Duration handover) {
        return call("startHandover", flight, () -> store.startHandover(sent(flight), handover));
    }

    @Override
    public GiveUpResult giveUp(FlightRef flight, @Nullable String type, TurnError error, int attempts) {
        return write("giveUp", flight, () -> store.giveUp(sent(flight), type, error, attempts));
    }

    @Override
    public void markQuarantined(FlightRef flight) {
        call("markQuarantined", flight, () -> {
            store.markQuarantined(flight);
            return true;
        });
    }

    @Override
    public boolean delete(FlightRef flight) {
        return call("delete", flight, () -> store.delete(sent(flight)));
    }

    @Override
    public void prefetch(SessionKey session) {
        if (host.isDead()) {
            throw new KilledError();
        }
    }
}
