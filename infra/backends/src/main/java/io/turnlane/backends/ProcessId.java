package io.turnlane.backends;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A process of this machine, told apart from a later one that got the same pid by the instant it started.
 *
 * @param pid the operating system's number
 * @param started when it started, as {@link ProcessHandle.Info#startInstant()} tells
 */
public record ProcessId(long pid, Instant started) {

    /** Linux counts start times from a boot time that it rounds to seconds, so two readings may differ by one. */
    private static final Duration READING_ERROR = Duration.ofSeconds(2);

    /** The id of a process; nothing where it has just ended. */
    public static Optional<ProcessId> of(ProcessHandle process) {
        return process.info().startInstant().map(started -> new ProcessId(process.pid(), started));
    }

    /** The id of this process. */
    public static ProcessId current() {
        return of(ProcessHandle.current()).orElseThrow();
    }

    /** The process itself, if it still runs. Another process that has taken over the pid is never returned. */
    public Optional<ProcessHandle> find() {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).filter(this::startedThen);
    }

    private boolean startedThen(ProcessHandle process) {
        return process.info()
                .startInstant()
                .map(start -> Duration.between(started, start).abs().compareTo(READING_ERROR) <= 0)
                .orElse(false);
    }
}
