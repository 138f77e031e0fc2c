package io.turnlane.bench.rig;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.stream.Collectors;

/** Use of CPU and memory by processes of this machine. */
public final class ProcessUse {

    private ProcessUse() {}

    /** Returns the CPU time that the processes have used since their start. */
    public static Duration cpu(Collection<ProcessHandle> processes) {
        return processes.stream()
                .map(process -> process.info().totalCpuDuration().orElse(Duration.ZERO))
                .reduce(Duration.ZERO, Duration::plus);
    }

    /** Returns the resident memory of the processes in bytes, as {@code ps} reports it. */
    public static long residentBytes(Collection<ProcessHandle> processes) throws IOException {
        String pids =
                processes.stream().map(process -> Long.toString(process.pid())).collect(Collectors.joining(","));
        Process ps = new ProcessBuilder("ps", "-o", "rss=", "-p", pids)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String kibibytes = new String(ps.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        return kibibytes.lines().map(String::strip).mapToLong(Long::parseLong).sum() * 1024;
    }
}
