package io.turnlane.chaos.fault;

import java.util.Locale;

/** What can be done. */
public enum FaultKind {
    /** SIGKILL, and a start after the hold. */
    KILL,
    /** SIGTERM, awaited, and a start after the hold. */
    STOP,
    /** SIGSTOP, and SIGCONT after the hold. */
    FREEZE,
    /** FLUSHALL on Redis. */
    FLUSH,
    /** A Redis that takes no more writes for want of memory, until after the hold. */
    MEMORY_FULL,
    /** A Redis whose disk is full, until after the hold. */
    DISK_FULL,
    /** Connections stay open and nothing passes, until after the hold. */
    HALF_OPEN,
    /** Commands pass and their replies don't: each connection is cut in place of its next reply. */
    SWALLOW,
    /** Each byte comes later, until after the hold. */
    SLOW,
    /** Members of the group that take partitions and do nothing, and go again. */
    GHOST,
    /** Questions whose agent throws. */
    THROWING,
    /** Questions whose agent ends its JVM. */
    KILLER,
    /** A question that takes longer than every timer. */
    LONG_RUN,
    /** Questions, bodies, answers and records that are too large. */
    OVERSIZE,
    /** Records on the turns topic that nobody can read. */
    BAD_RECORDS,
    /** Records of the turns topic, once more. */
    DUPLICATES;

    /** Whether what it struck has to start again, which takes its time. */
    boolean startsAgain() {
        return this == KILL || this == STOP;
    }

    /** Whether it lasts for as long as the schedule says; the others use that time themselves, or are over at once. */
    boolean holds() {
        return switch (this) {
            case KILL, STOP, FREEZE, FLUSH, MEMORY_FULL, DISK_FULL, HALF_OPEN, SLOW -> true;
            case SWALLOW, GHOST, THROWING, KILLER, LONG_RUN, OVERSIZE, BAD_RECORDS, DUPLICATES -> false;
        };
    }

    /** The word in histories and reports. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
