package io.turnlane.standalone;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
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

/** Turns that failed for good and records that can't be read: look at them, and ask them again. */
@Command(
        name = "quarantine",
        description = "List and show turns that failed for good, and ask them again.",
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
        throw new CommandLine.ParameterException(own.commandLine(), "Say what to do: list, show or redrive.");
    }

    /** Walks through the quarantine, newest first, until there are so many. */
    private static int walk(GatewayCallOptions asking, @Nullable String code, int most, Consumer<JsonNode> each)
            throws InterruptedException {
        int seen = 0;
        Optional<String> cursor = Optional.empty();
        do {
            Optional<String> from = cursor;
            JsonNode page = asking.call(gateway -> gateway.quarantine(PAGE, from));
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

    /** One line a turn. */
    @Command(name = "list", description = "List quarantined turns, newest first.")
    static final class QuarantineListCommand implements Callable<Integer> {

        @Mixin
        private GatewayCallOptions asking = new GatewayCallOptions();

        @Option(names = "--code", paramLabel = "CODE", description = "Only those with this error, as agent_error.")
        private @Nullable String code;

        @Option(names = "--limit", paramLabel = "N", description = "At most so many. Default: ${DEFAULT-VALUE}.")
        private int limit = 50;

        @Override
        public Integer call() throws InterruptedException {
            PrintStream out = System.out;
            if (!asking.json()) {
                out.printf("%-36s  %-19s  %-18s %3s  %s%n", "ID", "WHEN (UTC)", "ERROR", "RUN", "QUESTION");
            }
            int seen = walk(asking, code, limit, turn -> {
                if (asking.json()) {
                    out.println(turn);
                } else {
                    printLine(turn, out);
                }
            });
            if (seen == 0 && !asking.json()) {
                out.println("Nothing is in quarantine.");
            }
            return 0;
        }

        private static void printLine(JsonNode turn, PrintStream out) {
            String asked = turn.path("redriven_as").asString("");
            out.printf(
                    "%-36s  %-19.19s  %-18s %3d  %s%s%n",
                    turn.path("id").asString(""),
                    turn.path("quarantined_at").asString(""),
                    turn.path("error").path("code").asString(""),
                    turn.path("attempts").asInt(0),
                    asked.isEmpty() ? "" : "[asked again] ",
                    OneLine.of(turn.path("question").asString("(can't be read)"), 60));
        }
    }

    /** All that is known of one. */
    @Command(name = "show", description = "Show one quarantined turn. Exit code 1 where there is none.")
    static final class QuarantineShowCommand implements Callable<Integer> {

        @Mixin
        private GatewayCallOptions asking = new GatewayCallOptions();

        @Parameters(paramLabel = "ID", description = "As list prints it.")
        private String id = "";

        @Override
        public Integer call() throws InterruptedException {
            JsonNode turn = asking.call(gateway -> gateway.quarantined(id));
            if (asking.json()) {
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
            line(out, "runs", turn.path("attempts").asString(""));
            line(out, "asked", turn.path("asked_at").asString("unknown"));
            line(out, "put aside", turn.path("quarantined_at").asString(""));
            line(
                    out,
                    "stood at",
                    "%s, partition %s, offset %s"
                            .formatted(
                                    origin.path("topic").asString(""),
                                    origin.path("partition").asString(""),
                                    origin.path("offset").asString("")));
            line(out, "agent", turn.path("agent").asString("unknown"));
            line(out, "asked again", turn.path("redriven_as").asString("no"));
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
            line(out, "value", raw.path("bytes").asString("0") + " bytes" + (value.length == 0 ? "" : ", beginning:"));
            out.println(OneLine.of(new String(value, StandardCharsets.UTF_8), 500));
        }

        private static void line(PrintStream out, String name, String text) {
            out.printf("%-12s %s%n", name, text);
        }
    }

    /** Asks one again, or all. */
    @Command(
            name = "redrive",
            description = {
                "Ask a quarantined turn again, at its session's end; what was asked again before is left alone.",
                "Exit code 1 where one was refused."
            })
    static final class QuarantineRedriveCommand implements Callable<Integer> {

        @Mixin
        private GatewayCallOptions asking = new GatewayCallOptions();

        @Parameters(paramLabel = "ID", arity = "0..*", description = "As list prints it.")
        private List<String> ids = new ArrayList<>();

        @Option(names = "--all", description = "All there are.")
        private boolean all;

        @Option(names = "--code", paramLabel = "CODE", description = "With --all: only those with this error.")
        private @Nullable String code;

        @Option(names = "--again", description = "Also what was asked again before.")
        private boolean again;

        @Spec
        private @Nullable CommandSpec spec;

        @Override
        public Integer call() throws InterruptedException {
            if (all == !ids.isEmpty()) {
                throw new CommandLine.ParameterException(
                        Objects.requireNonNull(spec).commandLine(), "Name turns, or say --all.");
            }
            return all ? redriveAll() : redrive(ids);
        }

        /** The oldest first, so that a session's questions are asked in their order. */
        private int redriveAll() throws InterruptedException {
            List<String> found = new ArrayList<>();
            int[] left = {0};
            walk(asking, code, Integer.MAX_VALUE, turn -> {
                boolean wanted = turn.path("redrivable").asBoolean(false)
                        && (again || turn.path("redriven_as").isNull());
                if (wanted) {
                    found.addFirst(turn.path("id").asString(""));
                } else {
                    left[0]++;
                }
            });
            int exit = redrive(found);
            System.err.printf(
                    "%d asked again, %d left alone (asked again before, or can't be read)%n", found.size(), left[0]);
            return exit;
        }

        private int redrive(List<String> all) throws InterruptedException {
            int exit = 0;
            for (String id : all) {
                try {
                    print(id, asking.call(gateway -> gateway.redrive(id, again)));
                } catch (CommandFailedException refused) {
                    System.err.println(id + "  " + refused.getMessage());
                    exit = 1;
                }
            }
            return exit;
        }

        private void print(String id, JsonNode request) {
            System.out.println(
                    asking.json()
                            ? request.toString()
                            : "%s  asked again as %s, %s"
                                    .formatted(
                                            id,
                                            request.path("request_id").asString(""),
                                            request.path("status").asString("")));
        }
    }
}
