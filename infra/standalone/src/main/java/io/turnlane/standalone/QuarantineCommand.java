package io.turnlane.standalone;

import io.turnlane.standalone.options.GatewayCallOptions;
import io.turnlane.standalone.terminal.CommandFailedException;
import io.turnlane.standalone.terminal.Counted;
import io.turnlane.standalone.terminal.OneLine;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** Command that lists, shows and redrives turns that failed permanently, and records that cannot be read. */
@Command(
        name = "quarantine",
        description = "List and show turns that failed permanently, and redrive them: ask their questions again.",
        synopsisSubcommandLabel = "list|show|redrive",
        subcommands = {
            QuarantineCommand.QuarantineListCommand.class,
            QuarantineCommand.QuarantineShowCommand.class,
            QuarantineCommand.QuarantineRedriveCommand.class
        })
final class QuarantineCommand implements Runnable {

    private static final int PAGE = 100;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        CommandSpec own = Objects.requireNonNull(spec);
        throw new CommandLine.ParameterException(own.commandLine(), "Missing command: list, show or redrive.");
    }

    /**
     * Passes at most {@code most} quarantined turns to the consumer, newest first, and returns their number. If
     * {@code code} is not null, selects only turns with this error code.
     */
    private static int walk(GatewayCallOptions options, @Nullable String code, int most, Consumer<JsonNode> each)
            throws InterruptedException {
        int seen = 0;
        Optional<String> cursor = Optional.empty();
        do {
            Optional<String> from = cursor;
            JsonNode page = options.call(gateway -> gateway.quarantine(PAGE, from));
            for (JsonNode turn : page.path("turns")) {
                if (seen < most
                        && (code == null
                                || code.equals(turn.path("error").path("code").asString("")))) {
                    seen++;
                    each.accept(turn);
                }
            }
            cursor = Optional.ofNullable(page.path("next").asString(null));
        } while (cursor.isPresent() && seen < most);
        return seen;
    }

    /** Command that prints one line for each turn. */
    @Command(name = "list", description = "List quarantined turns, newest first.")
    static final class QuarantineListCommand implements Callable<Integer> {

        @Mixin
        private GatewayCallOptions options = new GatewayCallOptions();

        @Option(
                names = "--code",
                paramLabel = "CODE",
                description = "Only turns with this error code, for example agent_error.")
        private @Nullable String code;

        @Option(
                names = "--limit",
                paramLabel = "N",
                description = "Maximum number of turns. Default: ${DEFAULT-VALUE}.")
        private int limit = 50;

        @Override
        public Integer call() throws InterruptedException {
            PrintStream out = System.out;
            AtomicBoolean first = new AtomicBoolean(true);
            int seen = walk(options, code, limit, turn -> {
                if (options.json()) {
                    out.println(turn);
                } else {
                    if (first.getAndSet(false)) {
                        printHeader(out);
                    }
                    printLine(turn, out);
                }
            });
            if (seen == 0 && !options.json()) {
                out.println(
                        code == null
                                ? "The quarantine is empty."
                                : "The quarantine has no turn with the error code %s.".formatted(OneLine.of(code, 60)));
            }
            return 0;
        }

        private static void printHeader(PrintStream out) {
            out.printf("%-36s  %-19s  %-18s %8s  %s%n", "ID", "TIME (UTC)", "ERROR", "ATTEMPTS", "QUESTION");
        }

        private static void printLine(JsonNode turn, PrintStream out) {
            String redrivenAs = turn.path("redriven_as").asString("");
            out.printf(
                    "%-36s  %-19.19s  %-18s %8d  %s%s%n",
                    turn.path("id").asString(""),
                    turn.path("quarantined_at").asString(""),
                    turn.path("error").path("code").asString(""),
                    turn.path("attempts").asInt(0),
                    redrivenAs.isEmpty() ? "" : "[redriven] ",
                    OneLine.of(
                            turn.path("question")
                                    .asString(turn.path("redrivable").asBoolean() ? "(hidden)" : "(unreadable)"),
                            60));
        }
    }

    /** Command that prints all details of one turn. */
    @Command(name = "show", description = "Show a quarantined turn. Exit code 1 if there is no such turn.")
    static final class QuarantineShowCommand implements Callable<Integer> {

        @Mixin
        private GatewayCallOptions options = new GatewayCallOptions();

        @Parameters(paramLabel = "ID", description = "Id as printed by list.")
        private String id = "";

        @Override
        public Integer call() throws InterruptedException {
            JsonNode turn = options.call(gateway -> gateway.quarantined(id));
            if (options.json()) {
                System.out.println(turn);
            } else {
                print(turn, System.out);
            }
            return 0;
        }

        private static void print(JsonNode turn, PrintStream out) {
            JsonNode origin = turn.path("origin");
            line(out, "id", turn.path("id").asString(""));
            line(out, "session", turn.path("session_id").asString("unknown"));
            line(
                    out,
                    "error",
                    turn.path("error").path("code").asString("") + ": "
                            + turn.path("error").path("message").asString(""));
            line(out, "attempts", turn.path("attempts").asString(""));
            line(out, "asked at", turn.path("asked_at").asString("unknown"));
            line(out, "failed at", turn.path("quarantined_at").asString(""));
            line(
                    out,
                    "origin",
                    "%s, partition %s, offset %s"
                            .formatted(
                                    origin.path("topic").asString(""),
                                    origin.path("partition").asString(""),
                                    origin.path("offset").asString("")));
            line(out, "agent", turn.path("agent").asString("unknown"));
            line(out, "redriven as", turn.path("redriven_as").asString("none"));
            if (turn.path("redrivable").asBoolean(false)) {
                out.println("\n" + turn.path("question").asString(""));
            } else {
                printRaw(turn.path("raw"), out);
            }
        }

        private static void printRaw(JsonNode raw, PrintStream out) {
            line(out, "key", raw.path("key").asString("none"));
            raw.path("headers")
                    .properties()
                    .forEach(header -> line(
                            out,
                            "header",
                            header.getKey() + ": " + header.getValue().asString("")));
            byte[] value = Base64.getDecoder().decode(raw.path("value").asString(""));
            line(
                    out,
                    "value",
                    raw.path("bytes").asString("0") + " bytes" + (value.length == 0 ? "" : ", starting with:"));
            out.println(OneLine.of(new String(value, StandardCharsets.UTF_8), 500));
        }

        private static void line(PrintStream out, String name, String text) {
            out.printf("%-12s %s%n", name, text);
        }
    }

    /** Command that asks quarantined questions again. */
    @Command(
            name = "redrive",
            description = {
                "Ask the questions of quarantined turns again, each as a new turn at the end of its session's queue.",
                "A question that was redriven before is skipped, unless --again is given.",
                "Exit code 1 if the gateway rejects one of them."
            })
    static final class QuarantineRedriveCommand implements Callable<Integer> {

        @Mixin
        private GatewayCallOptions options = new GatewayCallOptions();

        @Parameters(paramLabel = "ID", arity = "0..*", description = "Id as printed by list.")
        private List<String> ids = new ArrayList<>();

        @Option(names = "--all", description = "All turns, the oldest first.")
        private boolean all;

        @Option(names = "--code", paramLabel = "CODE", description = "With --all: only turns with this error code.")
        private @Nullable String code;

        @Option(names = "--again", description = "Ask even questions that were redriven before.")
        private boolean again;

        @Spec
        private @Nullable CommandSpec spec;

        @Override
        public Integer call() throws InterruptedException {
            if (all == !ids.isEmpty()) {
                throw new CommandLine.ParameterException(
                        Objects.requireNonNull(spec).commandLine(),
                        "Give the ids of the turns, or --all, but not both.");
            }
            return all ? redriveAll() : redrive(ids);
        }

        /**
         * Redrives all turns (asks their questions again), the oldest first, so that the questions of a session keep
         * their order.
         */
        private int redriveAll() throws InterruptedException {
            List<String> found = new ArrayList<>();
            int[] skipped = {0};
            walk(options, code, Integer.MAX_VALUE, turn -> {
                boolean wanted = turn.path("redrivable").asBoolean(false)
                        && (again || turn.path("redriven_as").isNull());
                if (wanted) {
                    found.addFirst(turn.path("id").asString(""));
                } else {
                    skipped[0]++;
                }
            });
            int exit = redrive(found);
            System.err.printf(
                    "%s selected, %d skipped (redriven before, or unreadable)%n",
                    Counted.of(found.size(), "turn"), skipped[0]);
            return exit;
        }

        private int redrive(List<String> all) throws InterruptedException {
            int exit = 0;
            for (String id : all) {
                try {
                    print(id, options.call(gateway -> gateway.redrive(id, again)));
                } catch (CommandFailedException rejected) {
                    System.err.println(id + "  " + rejected.getMessage());
                    exit = 1;
                }
            }
            return exit;
        }

        private void print(String id, JsonNode request) {
            System.out.println(
                    options.json()
                            ? request.toString()
                            : "%s  redriven as %s, %s"
                                    .formatted(
                                            id,
                                            request.path("request_id").asString(""),
                                            request.path("status").asString("")));
        }
    }
}
