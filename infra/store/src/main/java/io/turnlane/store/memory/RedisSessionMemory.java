package io.turnlane.store.memory;

import io.turnlane.model.AgentStates;
import io.turnlane.model.Answer;
import io.turnlane.model.MemoryIssue;
import io.turnlane.model.PastTurn;
import io.turnlane.model.Phase;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnError;
import io.turnlane.model.Usage;
import io.turnlane.model.WireFormat;
import io.turnlane.store.Checksummed;
import io.turnlane.store.HashFields;
import io.turnlane.store.MemoryKeys;
import io.turnlane.store.MemoryUnavailableException;
import io.turnlane.store.Reply;
import io.turnlane.store.Script;
import io.turnlane.store.StoredUsage;
import io.turnlane.store.memory.SessionCache.CachedSession;
import io.turnlane.store.request.RequestFields;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Session memory in Redis. Most calls run one script in one round trip. If a reply is lost, the Redis client (Lettuce)
 * sends the command again. Repeating a script is harmless, because it first checks by the request id if the change was
 * already made.
 *
 * <p>Thread-safe. All threads share one multiplexed connection. Scripts are short and never block Redis, so a
 * connection pool would only add sockets.
 */
public final class RedisSessionMemory implements SessionMemory {

    /**
     * Maximum size of a question together with the questions merged into it: four times the maximum size of a single
     * question.
     */
    static final int MAX_MERGED_BYTES = 128 * 1024;

    /**
     * Maximum number of request ids that a tombstone (the marker of a deleted session) contains. The newest ids
     * suffice, because a duplicate is logged within seconds of the first record of its request, or not at all.
     */
    static final int MAX_ERASED_IDS = 256;

    private static final Script BEGIN = FencedScripts.load("begin");
    private static final Script COMMIT = FencedScripts.load("commit");
    private static final Script FAIL = FencedScripts.load("fail");
    private static final Script CANCEL = FencedScripts.load("cancel");
    private static final Script DISMISS = FencedScripts.load("dismiss");
    private static final Script DECIDE = FencedScripts.load("decide");
    private static final Script RELEASE = FencedScripts.load("release");
    private static final Script LEAVE = FencedScripts.load("leave");
    private static final Script REFUSE = FencedScripts.load("refuse");
    private static final Script DELETE = FencedScripts.load("delete");

    private final FencedScripts scripts;
    private final CrossSlotCleanup cleanup;
    private final UserUsageCount users;
    private final StoredValueReader stored;
    private final ScriptReplies replies;
    private final SessionCache cache;
    private final MemoryLimits limits;
    private final WireFormat wire;
    private final String processorId;

    public RedisSessionMemory(
            StringRedisTemplate redis,
            SessionCache cache,
            MemoryLimits limits,
            WireFormat wire,
            DamageObserver damage,
            String processorId) {
        this.scripts = new FencedScripts(redis);
        this.cleanup = new CrossSlotCleanup(scripts);
        this.users = new UserUsageCount(scripts);
        this.stored = new StoredValueReader(redis, wire, damage);
        this.replies = new ScriptReplies(stored, wire);
        this.cache = cache;
        this.limits = limits;
        this.wire = wire;
        this.processorId = processorId;
    }

    @Override
    public BeginResult begin(BeginRequest beginning) {
        FlightRef flight = beginning.flight();
        Ask ask = beginning.ask();
        CachedSession cached = cache.get(flight.session());
        List<Object> arguments = new ArrayList<>(List.of(
                flight.fence(),
                flight.flight(),
                flight.request(),
                flight.partition(),
                flight.offset(),
                flight.loggedAt().toEpochMilli(),
                processorId,
                json(beginning.phases()),
                flight.session().sessionId(),
                orEmpty(ask.userId()),
                ask.sessionTtl().toMillis(),
                cached == null ? "" : cached.version(),
                beginning.tooOld() ? 1 : 0,
                beginning.soleSuspect() ? 1 : 0,
                limits.results().toMillis(),
                limits.crashes(),
                limits.life().toMillis(),
                wire.writeValue(MemoryErrors.POISON),
                wire.writeValue(MemoryErrors.EXPIRED),
                wire.writeValue(MemoryErrors.DEADLINE_EXCEEDED),
                cached != null && cached.mustExist(flight.fence()) ? 1 : 0,
                beginning.lossRuledOut() ? 1 : 0,
                beginning.computedAttempt(),
                beginning.outage().toMillis(),
                beginning.agentWait() == null ? "" : beginning.agentWait().toMillis(),
                wire.writeValue(MemoryErrors.UNKNOWN_AGENT)));
        addRequest(arguments, ask, beginning.eventsFrom());
        Reply reply = scripts.run(BEGIN, flight.requestKeys(), arguments.toArray());
        return switch (reply.word()) {
            case "RUN" -> run(flight, cached, reply);
            case "MISSED" -> new MemoryResult.DataMissing(reply.number(1) == 1);
            case "UNWANTED" -> new MemoryResult.CancelRequested();
            case "ELSEWHERE" -> new BeginResult.AgentElsewhere(reply.number(1), reply.number(2) == 1);
            case "SUSPECT" -> new BeginResult.CrashSuspected();
            case "LEAVING" -> new MemoryResult.HandoverPending(reply.millis(1));
            default -> ended(flight, replies.nothingToRun(flight.session(), reply));
        };
    }

    /** Counts the usage of a turn that has ended, because the processor that ended it may have crashed before. */
    private MemoryResult.NothingToRun ended(FlightRef flight, MemoryResult.NothingToRun over) {
        if (over instanceof MemoryResult.AlreadyEnded(TurnEnding ending)) {
            users.add(flight.session(), ending.usage());
        }
        return over;
    }

    /** Adds the arguments from which a script creates the record of a question that has none. */
    static void addRequest(List<Object> arguments, Ask ask, @Nullable Long eventsFrom) {
        arguments.add(ask.agent());
        arguments.add(ask.createdAt().toEpochMilli());
        arguments.add(ask.deadline() == null ? "" : ask.deadline().toMillis());
        arguments.addAll(RequestFields.ofQuestion(ask, eventsFrom));
    }

    private BeginResult.RunTurn run(FlightRef flight, @Nullable CachedSession cached, Reply reply) {
        CachedSession entry = seen(flight.session(), cached, reply).withFence(flight.fence());
        cache.put(flight.session(), entry, reply.millis(7));
        Memory memory = entry.memory();
        AgentStates states = stored.states(flight.session(), reply.bytes(10));
        boolean damaged = memory.damaged() || states == null;
        return new BeginResult.RunTurn(
                reply.number(1),
                reply.number(2),
                reply.millisOrNull(3),
                memory,
                damaged ? MemoryIssue.DAMAGED : memoryIssue(reply.text(8)),
                states == null ? AgentStates.NONE : states,
                replies.mergedQuestions(flight.session(), reply.bytes(9)),
                StoredUsage.read(reply.text(11)));
    }

    private static @Nullable MemoryIssue memoryIssue(String stored) {
        return stored.isEmpty() ? null : MemoryIssue.of(stored);
    }

    private static Object orEmpty(@Nullable Object value) {
        return value == null ? "" : value;
    }

    private CachedSession seen(SessionKey session, @Nullable CachedSession cached, Reply reply) {
        if (reply.number(5) == 1 && cached != null) {
            cache.countHit();
            return cached;
        }
        cache.countMiss();
        return new CachedSession(reply.text(4), stored.read(session, reply.blobs(6)));
    }

    @Override
    public SettleResult commit(
            FlightRef flight, PastTurn turn, Answer answer, @Nullable AgentStates states, Map<Phase, Instant> phases) {
        String version = UUID.randomUUID().toString();
        CachedSession before = cache.get(flight.session());
        Reply reply = scripts.run(
                COMMIT,
                flight.requestKeys(),
                flight.fence(),
                flight.flight(),
                flight.request(),
                Checksummed.seal(wire.writeValue(turn)),
                Checksummed.seal(wire.writeValue(answer)),
                json(phases),
                turn.processingTime().toMillis(),
                version,
                limits.turns(),
                limits.bytes(),
                limits.results().toMillis(),
                states == null ? "" : Checksummed.seal(wire.writeValue(states)),
                StoredUsage.of(answer.usage()));
        users.add(flight.session(), answer.usage());
        SettleResult settled = replies.settled(flight.session(), reply);
        if (settled instanceof SettleResult.Stored
                && before != null
                && before.version().equals(reply.text(3))) {
            cache.put(
                    flight.session(),
                    new CachedSession(version, appended(before.memory(), turn, reply.number(2)), flight.fence()),
                    reply.millis(4));
        } else {
            cache.invalidate(flight.session());
        }
        return settled;
    }

    private static Memory appended(Memory before, PastTurn turn, int kept) {
        // The script has added the same turn to the history in Redis.
        List<PastTurn> turns = new ArrayList<>(before.turns());
        turns.add(turn);
        return new Memory(turns.subList(Math.max(0, turns.size() - kept), turns.size()), before.damaged());
    }

    @Override
    public SettleResult fail(FlightRef flight, TurnError error, boolean last, Usage usage, Map<Phase, Instant> phases) {
        Reply reply = scripts.run(
                FAIL,
                flight.requestKeys(),
                flight.fence(),
                flight.flight(),
                flight.request(),
                last ? 1 : 0,
                wire.writeValue(error),
                json(phases),
                limits.results().toMillis(),
                StoredUsage.of(usage));
        users.add(flight.session(), usage);
        return replies.settled(flight.session(), reply);
    }

    @Override
    public SettleResult cancel(
            FlightRef flight, PastTurn turn, boolean takesOver, Usage usage, Map<Phase, Instant> phases) {
        Reply reply = scripts.run(
                CANCEL,
                flight.requestKeys(),
                flight.fence(),
                flight.flight(),
                flight.request(),
                takesOver ? 1 : 0,
                Checksummed.seal(wire.writeValue(turn)),
                json(phases),
                UUID.randomUUID(),
                limits.turns(),
                limits.bytes(),
                limits.results().toMillis(),
                StoredUsage.of(usage));
        users.add(flight.session(), usage);
        cache.invalidate(flight.session());
        return replies.settled(flight.session(), reply);
    }

    @Override
    public DismissResult dismiss(FlightRef flight) {
        Reply reply = scripts.run(
                DISMISS,
                flight.requestKeys(),
                flight.fence(),
                flight.request(),
                flight.partition(),
                flight.offset(),
                flight.loggedAt().toEpochMilli(),
                wire.writeValue(MemoryErrors.DEADLINE_EXCEEDED),
                limits.results().toMillis());
        return switch (reply.word()) {
            case "STAYS" -> new StillWaiting(reply.millisOrNull(1));
            default -> replies.nothingToRun(flight.session(), reply);
        };
    }

    @Override
    public DecideResult decide(BusyArrival arrival) {
        FlightRef flight = arrival.flight();
        Ask ask = arrival.ask();
        MemoryKeys keys = flight.keys();
        List<Object> arguments = new ArrayList<>(List.of(
                flight.fence(),
                flight.request(),
                flight.partition(),
                flight.offset(),
                flight.loggedAt().toEpochMilli(),
                keys.requestPrefix(),
                ask.policy().wire(),
                ask.policy().reason(),
                limits.results().toMillis(),
                MAX_MERGED_BYTES,
                arrival.tooOld() ? 1 : 0,
                arrival.lossRuledOut() ? 1 : 0));
        addRequest(arguments, ask, arrival.eventsFrom());
        arguments.addAll(arrival.ahead());
        Reply reply = scripts.run(DECIDE, flight.requestKeys(), arguments.toArray());
        return switch (reply.word()) {
            case "DECIDED" -> replies.decision(flight.session(), reply);
            case "MISSED" -> new MemoryResult.DataMissing(reply.number(1) == 1);
            default -> ScriptReplies.notOwned(reply);
        };
    }

    @Override
    public void release(FlightRef flight, Usage usage) {
        scripts.run(RELEASE, flight.requestKeys(), flight.flight(), StoredUsage.of(usage));
        users.add(flight.session(), usage);
    }

    @Override
    public boolean startHandover(FlightRef flight, Duration handover) {
        Reply reply = scripts.run(LEAVE, flight.requestKeys(), flight.fence(), flight.flight(), handover.toMillis());
        return reply.word().equals("LEAVES");
    }

    @Override
    public GiveUpResult giveUp(FlightRef flight, @Nullable String type, TurnError error, int attempts) {
        List<Object> arguments = new ArrayList<>(List.of(
                flight.fence(),
                flight.request(),
                flight.partition(),
                flight.offset(),
                flight.loggedAt().toEpochMilli(),
                wire.writeValue(error),
                limits.results().toMillis(),
                attempts));
        arguments.addAll(RequestFields.ofCommand(type));
        Reply reply = scripts.run(REFUSE, flight.requestKeys(), arguments.toArray());
        return switch (reply.word()) {
            case "LEAVING" -> new MemoryResult.HandoverPending(reply.millis(1));
            default -> replies.nothingToRun(flight.session(), reply);
        };
    }

    @Override
    public void markQuarantined(FlightRef flight) {
        scripts.run(HashFields.SET_IF_EXISTS, List.of(flight.keys().request(flight.request())), "quarantined", 1);
    }

    @Override
    public boolean delete(FlightRef flight) {
        MemoryKeys keys = flight.keys();
        cleanup.wipeClaims(keys);
        List<String> withLastRebuild = new ArrayList<>(flight.requestKeys());
        withLastRebuild.add(keys.lastRebuild());
        Reply reply = scripts.run(
                DELETE,
                withLastRebuild,
                flight.fence(),
                flight.partition(),
                flight.offset(),
                flight.loggedAt().toEpochMilli(),
                keys.requestPrefix(),
                limits.tombstones().toMillis(),
                MAX_ERASED_IDS,
                keys.prefix(),
                flight.request());
        cache.invalidate(flight.session());
        boolean erased = reply.word().equals("ERASED");
        // If questions wait behind the deletion, the session soon exists again.
        if (erased && reply.number(1) == 0) {
            cleanup.unlist(keys, flight.loggedAt());
        }
        return erased;
    }

    @Override
    public void prefetch(SessionKey session) {
        if (cache.get(session) == null) {
            try {
                stored.fetch(session).ifPresent(fetched -> cache.put(session, fetched.entry(), fetched.life()));
            } catch (MemoryUnavailableException | IllegalStateException e) {
                return; // not reported, because begin will fail for the same reason
            }
        }
    }

    private byte[] json(Map<Phase, Instant> phases) {
        Map<Phase, Long> millis = new EnumMap<>(Phase.class);
        phases.forEach((phase, at) -> millis.put(phase, at.toEpochMilli()));
        return wire.writeValue(millis);
    }
}
