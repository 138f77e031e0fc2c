package io.turnlane.standalone.replay;

import io.turnlane.model.RequestStatus;
import io.turnlane.model.agent.AgentDefinition;
import io.turnlane.processor.agent.configured.AgentDefinitionFile;
import io.turnlane.standalone.options.TimeSpanConverter;
import io.turnlane.standalone.run.OwnAgents;
import io.turnlane.standalone.terminal.UsageException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Options of a replay of a range. */
public final class RangeOptions {

    private static final Pattern SHARE = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*%");
    private static final Pattern RATE = Pattern.compile("(\\d+(?:\\.\\d+)?)(?:/(s|min))?");
    private static final Pattern AGO = Pattern.compile("\\d+[a-z]+");
    private static final int DEFAULT_PARALLEL = 16;
    private static final int DEFAULT_WORST = 500;

    @Option(
            names = "--from",
            paramLabel = "TIME",
            description =
                    "Replay the questions logged from this time on: 2026-11-30T06:00:00Z, or 2h for two hours ago.")
    private @Nullable String from;

    @Option(
            names = "--to",
            paramLabel = "TIME",
            description = "With --from: replay the questions logged before this time. Default: now.")
    private @Nullable String to;

    @Option(
            names = "--agent",
            paramLabel = "NAME",
            description = "With --from: only turns of this agent, or of this route.")
    private @Nullable String agent;

    @Option(
            names = "--status",
            paramLabel = "STATUS",
            description = "With --from: only turns that ended as completed or as failed.")
    private @Nullable String status;

    @Option(
            names = "--sample",
            paramLabel = "SHARE",
            description = {
                "With --from: only a random share of the turns, for example 5%%.",
                "With --chained, all turns of a share of the sessions."
            })
    private String sample = "100%";

    @Option(
            names = "--as",
            paramLabel = "NAME",
            description = "Agent that answers (the candidate). Default: the recorded agent of each turn.")
    private @Nullable String as;

    @Option(
            names = "--definition",
            paramLabel = "FILE",
            description = "Add the agents of a YAML file with definitions; repeatable.")
    private List<Path> definitions = new ArrayList<>();

    @Option(
            names = "--baseline",
            description = {
                "With --from: also run the recorded agent again.",
                "Gates then count only differences that this second run does not have."
            })
    private boolean baseline;

    @Option(
            names = "--chained",
            description =
                    "With --from: the history of a turn has the candidate's own answers instead of the recorded ones.")
    private boolean chained;

    @Option(
            names = "--history",
            paramLabel = "SPAN",
            converter = TimeSpanConverter.class,
            description = "With --from: read the histories of sessions from this time before the range. Default: 24h.")
    private Duration history = Duration.ofHours(24);

    @Option(
            names = "--rate",
            paramLabel = "N/s",
            description = "With --from: start at most this number of turns per second, or per minute (N/min).")
    private @Nullable String rate;

    @Option(
            names = "--parallel",
            paramLabel = "N",
            description = "With --from: run at most this number of turns at the same time. Default: ${DEFAULT-VALUE}.")
    private int parallel = DEFAULT_PARALLEL;

    @Option(
            names = "--fail-if",
            paramLabel = "GATE",
            description = {
                "With --from: exit with 4 if this holds, for example \"similarity<0.9 > 2%%\"; repeatable.",
                "docs/replay.md lists the metrics."
            })
    private List<String> failIf = new ArrayList<>();

    @Option(
            names = "--worst",
            paramLabel = "N",
            description = "With --from: number of turns in the report, the worst first. Default: ${DEFAULT-VALUE}.")
    private int worst = DEFAULT_WORST;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "With --from: folder for the results. Default: replays/ and the time in the data folder.")
    private @Nullable Path out;

    @Option(
            names = "--resume",
            paramLabel = "DIR",
            description = {
                "Continue the replay of this folder with its options. If the replay is complete, write its report again.",
                "--rate, --parallel, --worst and --fail-if can differ."
            })
    private @Nullable Path resume;

    /** Returns true if the options ask for a replay of a range. */
    public boolean isRange() {
        return from != null || resume != null;
    }

    /** Returns the name of the candidate; null for the recorded agent. */
    public @Nullable String as() {
        return as;
    }

    /** Returns these agents and the ones of the files with definitions. */
    public OwnAgents withDefinitions(OwnAgents own) {
        return withDefinitions(own, definitions);
    }

    static OwnAgents withDefinitions(OwnAgents own, List<Path> files) {
        List<AgentDefinition> all = new ArrayList<>();
        try {
            files.forEach(file -> all.addAll(new AgentDefinitionFile(file).definitions()));
        } catch (IllegalStateException e) {
            throw new UsageException("--definition: " + e.getMessage());
        }
        return own.with(all);
    }

    /** Returns the folder of the replay to resume; null if a new replay begins. */
    @Nullable
    Path resume() {
        return resume;
    }

    @Nullable
    Path out() {
        return out;
    }

    int worst() {
        return worst;
    }

    List<String> failIf() {
        return failIf;
    }

    int parallel() {
        if (parallel < 1 || parallel > 1_000) {
            throw new UsageException("--parallel: must be from 1 to 1000");
        }
        return parallel;
    }

    /** Returns the maximum number of turns per second. */
    double perSecond() {
        if (rate == null) {
            return Double.POSITIVE_INFINITY;
        }
        Matcher form = RATE.matcher(rate);
        if (!form.matches() || Double.parseDouble(form.group(1)) == 0) {
            throw new UsageException("--rate: must be a positive number of turns, for example 50/s or 30/min");
        }
        return Double.parseDouble(form.group(1)) / ("min".equals(form.group(2)) ? 60 : 1);
    }

    /** Reports mistakes in the options that also apply to a resumed replay. Returns the gates. */
    List<Gate> check() {
        var _ = perSecond();
        var _ = parallel();
        if (worst < 1 || worst > 10_000) {
            throw new UsageException("--worst: must be from 1 to 10000");
        }
        return gates(failIf);
    }

    static List<Gate> gates(List<String> texts) {
        try {
            return texts.stream().map(Gate::parse).toList();
        } catch (IllegalArgumentException e) {
            throw new UsageException("--fail-if: " + e.getMessage());
        }
    }

    /**
     * Returns the description of a new replay.
     *
     * @param agents paths of jars, folders and projects with agents
     */
    ReplayRun run(@Nullable String session, @Nullable String user, List<Path> agents, Instant now) {
        Instant start = time("--from", from == null ? "" : from, now);
        Instant end = to == null ? now : time("--to", to, now);
        if (!start.isBefore(end)) {
            throw new UsageException("--from must be before --to, but is " + start);
        }
        if (chained && status != null) {
            throw new UsageException("--chained needs all turns of a session, so it cannot be combined with --status.");
        }
        return new ReplayRun(
                now,
                start,
                end,
                session,
                user,
                agent,
                status(),
                share(),
                as,
                baseline,
                chained,
                history,
                absolute(agents),
                absolute(definitions),
                failIf);
    }

    private static List<String> absolute(List<Path> paths) {
        return paths.stream()
                .map(path -> path.toAbsolutePath().normalize().toString())
                .toList();
    }

    private @Nullable RequestStatus status() {
        if (status == null) {
            return null;
        }
        return switch (status) {
            case "completed" -> RequestStatus.COMPLETED;
            case "failed" -> RequestStatus.FAILED;
            default -> throw new UsageException("--status: must be completed or failed");
        };
    }

    private double share() {
        Matcher form = SHARE.matcher(sample);
        double share = form.matches() ? Double.parseDouble(form.group(1)) / 100 : 0;
        if (!(share > 0 && share <= 1)) {
            throw new UsageException("--sample: must be more than 0% and at most 100%, for example 5%");
        }
        return share;
    }

    private static Instant time(String option, String text, Instant now) {
        try {
            return AGO.matcher(text).matches()
                    ? now.minus(new TimeSpanConverter().convert(text))
                    : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException | TypeConversionException e) {
            throw new UsageException(
                    option + ": must be a time such as 2026-11-30T06:00:00Z, or a time span such as 2h,"
                            + " which counts back from now");
        }
    }
}
