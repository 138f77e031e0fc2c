package io.turnlane.chaos.fault;

import java.util.Locale;

/** Kinds of faults. */
public enum FaultKind {
    /** SIGKILL, and a restart after the hold. */
    KILL,
    /** SIGTERM, a wait for the end of the process, and a restart after the hold. */
    STOP,
    /** SIGSTOP, and SIGCONT after the hold. */
    FREEZE,
    /** {@code FLUSHALL} in Redis. */
    FLUSH,
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
    /** Questions whose agent throws. */
    THROWING,
    /** Questions whose agent ends its JVM. */
    KILLER,
    /** A question that takes longer than all timeouts. */
    LONG_RUN,
    /** Questions, bodies, answers and records that are too large, and bodies that are invalid. */
    OVERSIZE,
    /** Unreadable records on the turns topic. */
    BAD_RECORDS,
    /** Records of the turns topic, published again. */
    DUPLICATES;

    /** Returns true if healing the fault means to restart a process. The injector restarts it in the background. */
    boolean startsAgain() {
        return this == KILL || this == STOP;
    }

    /**
     * Returns true if the injector waits for the hold before it heals the fault. Faults of the other kinds wait during
     * their injection, or they need no heal.
     */
    boolean holds() {
        return switch (this) {
            case KILL, STOP, FREEZE, FLUSH, MEMORY_FULL, DISK_FULL, HALF_OPEN, SLOW -> true;
            case SWALLOW, GHOST, THROWING, KILLER, LONG_RUN, OVERSIZE, BAD_RECORDS, DUPLICATES -> false;
        };
    }

    /** Returns the name used in histories and reports. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
