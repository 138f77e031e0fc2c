package io.turnlane.chaos.fault;

import io.turnlane.chaos.fault.act.SkippedFaultException;
import java.util.Locale;

/** Kinds of faults, with the actions that begin and heal them. The hold is the duration of a fault. */
@SuppressWarnings("ImmutableEnumChecker") // the actions have no state
public enum FaultKind {
    /** SIGKILL, and a restart after the hold. */
    KILL(
            (acts, strike) -> acts.processes().kill(strike.target()),
            (acts, target) -> acts.processes().start(target)),
    /** SIGTERM, a wait for the end of the process, and a restart after the hold. */
    STOP(
            (acts, strike) -> acts.processes().stop(strike.target(), strike.hit()),
            (acts, target) -> acts.processes().start(target)),
    /** SIGSTOP, and SIGCONT after the hold. */
    FREEZE(
            (acts, strike) -> acts.processes().freeze(strike.target()),
            (acts, target) -> acts.processes().thaw(target)),
    /** {@code FLUSHALL} in Redis. */
    FLUSH((acts, _) -> acts.redis().flush(), (_, _) -> {}),
    /** Context and history of single sessions are deleted from Redis while their turns run. */
    FORGET((acts, strike) ->
            acts.redis().forget(acts.load().acceptedTurns().sessionsOf(strike.hit(), strike.amount()))),
    /**
     * The Redis master becomes a read-only replica and keeps its connections. After the hold, new connections lead to
     * the new master.
     */
    FAILOVER(
            (acts, _) -> acts.failover().demoteMaster(),
            (acts, _) -> acts.failover().completeFailover()),
    /** Redis without free memory, which rejects writes until after the hold. */
    MEMORY_FULL(
            (acts, _) -> acts.redis().fillMemory(), (acts, _) -> acts.redis().freeMemory()),
    /** Redis with a full disk until after the hold. */
    DISK_FULL((acts, _) -> acts.redis().fillDisk(), (acts, _) -> acts.redis().freeDisk()),
    /** Connections that stay open but carry nothing until after the hold. */
    HALF_OPEN(
            (acts, strike) -> acts.network().halfOpen(strike.target()),
            (acts, target) -> acts.network().heal(target)),
    /** Redis replies that are lost. Redis executes a command, but the proxy drops the reply and cuts the connection. */
    SWALLOW((acts, strike) -> acts.network().swallow(strike.target(), strike.amount())),
    /** Connections that delay every byte until after the hold. */
    SLOW(
            (acts, strike) -> acts.network().slow(strike.target()),
            (acts, target) -> acts.network().heal(target)),
    /** Members of the consumer group that take partitions, process nothing, and leave. */
    GHOST((acts, strike) -> {
        acts.groupMembers().joinAndLeave(strike.amount(), strike.hold());
        return strike.underWay();
    }),
    /** Questions that make the agent throw an exception. */
    THROWING((acts, strike) -> acts.questions().askThrowing(strike.amount())),
    /** Questions that make the agent end the JVM of its processor. */
    KILLER((acts, strike) -> acts.questions().askKilling(strike.amount())),
    /** A question whose turn runs longer than all timeouts. */
    LONG_RUN((acts, strike) -> acts.questions().askLongRunning(strike.hold())),
    /** Questions, bodies, answers and records that are too large, and bodies that are invalid. */
    OVERSIZE((acts, _) -> {
        int asked = acts.questions().askOversized();
        acts.turns().publishOversized();
        return asked;
    }),
    /** Unreadable records on the turns topic. */
    BAD_RECORDS((acts, strike) -> acts.turns().publishUnreadable(strike.amount())),
    /** Records of the turns topic, published again. */
    DUPLICATES((acts, strike) -> acts.turns().publishDuplicates(strike.amount())),
    /** Questions with deadlines. */
    DEADLINES((acts, _) -> acts.questions().askWithDeadlines()),
    /** Questions that are cancelled, then {@code FLUSHALL} in Redis, then new processors. */
    CANCEL_FLUSH((acts, strike) -> acts.outages().flushAfterCancels(strike.amount())),
    /** All records of the turns topic are deleted while no processor runs. */
    TRIM((acts, strike) -> acts.outages().deleteRecords(strike.amount()));

    @FunctionalInterface
    private interface BeginAct {
        void begin(FaultActs acts, Strike strike) throws Exception;
    }

    @FunctionalInterface
    private interface HealAct {
        void heal(FaultActs acts, String target) throws Exception;
    }

    @FunctionalInterface
    private interface InstantAct {
        int run(FaultActs acts, Strike strike) throws Exception;
    }

    private final InstantAct begin;
    private final HealAct heal;
    private final boolean holds;

    /** Kind of faults that hit the work in progress, and that the injector heals after the hold. */
    FaultKind(BeginAct begin, HealAct heal) {
        this.begin = (acts, strike) -> {
            begin.begin(acts, strike);
            return strike.underWay();
        };
        this.heal = heal;
        this.holds = true;
    }

    /** Kind of faults that are over when the act returns. The act returns the amount of work that it hit. */
    FaultKind(InstantAct act) {
        this.begin = act;
        this.heal = (_, _) -> {};
        this.holds = false;
    }

    /**
     * Begins the fault; returns the amount of work that it hit.
     *
     * @throws SkippedFaultException if this machine does not allow the fault
     */
    int begin(FaultActs acts, Strike strike) throws Exception {
        return begin.run(acts, strike);
    }

    void heal(FaultActs acts, String target) throws Exception {
        heal.heal(acts, target);
    }

    /** Returns true if the injector heals the fault by restarting a process, in the background. */
    boolean startsAgain() {
        return this == KILL || this == STOP;
    }

    /** Returns true if the injector waits for the hold between the start and the heal of the fault. */
    boolean holds() {
        return holds;
    }

    /** Returns the name used in histories and reports. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
