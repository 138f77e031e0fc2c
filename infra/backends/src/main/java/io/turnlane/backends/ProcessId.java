package io.turnlane.backends;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Identity of a process on this machine. The start time distinguishes it from a later process with the same pid.
 *
 * @param pid process id of the operating system
 * @param started start time, from {@link ProcessHandle.Info#startInstant()}
 */
public record ProcessId(long pid, Instant started) {

    /**
     * Maximum difference between two readings of a start time. Linux computes start times from a boot time rounded to
     * seconds, so two readings can differ by a second.
     */
    private static final Duration READING_ERROR = Duration.ofSeconds(2);

    /** Returns the identity of a process; empty if it has just ended. */
    public static Optional<ProcessId> of(ProcessHandle process) {
        return process.info().startInstant().map(started -> new ProcessId(process.pid(), started));
    }

    /** Returns the identity of this process. */
    public static ProcessId current() {
        return of(ProcessHandle.current()).orElseThrow();
    }

    /** Returns the process if it is still running. Never returns a later process with the same pid. */
    public Optional<ProcessHandle> find() {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).filter(this::hasSameStart);
    }

    private boolean hasSameStart(ProcessHandle process) {
        return process.info()
                .startInstant()
                .map(start -> Duration.between(started, start).abs().compareTo(READING_ERROR) <= 0)
                .orElse(false);
    }
}
