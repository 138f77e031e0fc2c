package io.turnlane.chaos.fault;

import java.util.Locale;

/** Kinds of faults. The hold of a fault is {@link Fault#hold}. */
public enum FaultKind {
    /** SIGKILL, and a restart after the hold. */
    KILL,
    /** SIGTERM, a wait for the end of the process, and a restart after the hold. */
    STOP,
    /** SIGSTOP, and SIGCONT after the hold. */
    FREEZE,
    /** {@code FLUSHALL} in Redis. */
    FLUSH,
    /** Context and history of single sessions are deleted from Redis while their turns run. */
    FORGET,
    /**
     * The Redis master becomes a read-only replica and keeps its connections. After the hold, new connections lead to
     * the new master.
     */
    FAILOVER,
    /** Redis without free memory, which rejects writes until after the hold. */
    MEMORY_FULL,
    /** Redis with a full disk until after the hold. */
    DISK_FULL,
    /** Connections that stay open but carry nothing until after the hold. */
    HALF_OPEN,
    /** Redis replies that are lost. Redis executes a command, but the proxy drops the reply and cuts the connection. */
    SWALLOW,
    /** Connections that delay every byte until after the hold. */
    SLOW,
    /** Members of the consumer group that take partitions, process nothing, and leave. */
    GHOST,
    /** Questions that make the agent throw an exception. */
    THROWING,
    /** Questions that make the agent end the JVM of its processor. */
    KILLER,
    /** A question whose turn runs longer than all timeouts. */
    LONG_RUN,
    /** Questions, bodies, answers and records that are too large, and bodies that are invalid. */
    OVERSIZE,
    /** Unreadable records on the turns topic. */
    BAD_RECORDS,
    /** Records of the turns topic, published again. */
    DUPLICATES,
    /** Questions with deadlines. */
    DEADLINES,
    /** Questions that are cancelled, then {@code FLUSHALL} in Redis, then new processors. */
    CANCEL_FLUSH,
    /** All records of the turns topic are deleted while no processor runs. */
    TRIM;

    /** Returns true if the injector heals the fault by restarting a process, in the background. */
    boolean startsAgain() {
        return this == KILL || this == STOP;
    }

    /** Returns true if the injector waits for the hold between the start and the heal of the fault. */
    boolean holds() {
        return switch (this) {
            case KILL, STOP, FREEZE, FLUSH, FAILOVER, MEMORY_FULL, DISK_FULL, HALF_OPEN, SLOW -> true;
            case FORGET,
                    SWALLOW,
                    GHOST,
                    THROWING,
                    KILLER,
                    LONG_RUN,
                    OVERSIZE,
                    BAD_RECORDS,
                    DUPLICATES,
                    DEADLINES,
                    CANCEL_FLUSH,
                    TRIM -> false;
        };
    }

    /** Returns the name used in histories and reports. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
