package io.turnlane.standalone;

import io.turnlane.client.AskRequest;
import io.turnlane.client.AskedTurn;
import io.turnlane.client.TurnListener;
import io.turnlane.client.TurnStatus;
import io.turnlane.client.TurnUpdate;
import io.turnlane.client.TurnView;
import io.turnlane.standalone.options.GatewayCallOptions;
import java.io.Console;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Command that asks an agent one question, and prints the answer with the times that it took. */
@Command(
        name = "test",
        description = {
            "Ask an agent one question in a new session, and print the answer with its times.",
            "Exit code 1 if there is no answer."
        })
final class AgentsTestCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "NAME", description = "The name of the agent.")
    private String name = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "QUESTION",
            defaultValue = "Hello! Please answer in one short sentence.",
            description = "The question, in quotes. Default: \"${DEFAULT-VALUE}\".")
    private String question = "";

    @Mixin
    private GatewayCallOptions options = new GatewayCallOptions();

    /** Prints the answer, and notes when its first text arrived. */
    private static final class TimedPrinter implements TurnListener {

        private final AnswerPrinter printer;
        private final long start;
        private long firstText;

        TimedPrinter(AnswerPrinter printer, long start) {
            this.printer = printer;
            this.start = start;
        }

        @Override
        public void onUpdate(TurnView turn, TurnUpdate update) {
            if (firstText == 0 && update.type().equals("delta")) {
                firstText = System.nanoTime() - start;
            }
            printer.onUpdate(turn, update);
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        boolean terminal = Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .isPresent();
        AnswerPrinter printer = new AnswerPrinter(System.out, System.err, terminal && !options.json());
        long start = System.nanoTime();
        TimedPrinter timed = new TimedPrinter(printer, start);
        return options.call(gateway -> {
            AskedTurn turn = gateway.ask(AskRequest.of(question).agent(name));
            long accepted = System.nanoTime() - start;
            TurnView end = turn.follow(timed);
            if (options.json()) {
                System.out.println(turn.request());
            } else {
                printer.end(end);
                printChoice(turn.request());
                printTimes(
                        accepted,
                        timed.firstText,
                        System.nanoTime() - start,
                        end.answer().path("usage"));
            }
            return end.status() == TurnStatus.COMPLETED ? 0 : 1;
        });
    }

    private static void printChoice(JsonNode request) {
        if (request.has("route")) {
            System.err.println("agent      " + request.path("agent").asString("") + ", chosen by the route "
                    + request.path("route").asString(""));
        }
    }

    private static void printTimes(long accepted, long firstText, long ended, JsonNode usage) {
        System.err.println("accepted   after " + seconds(accepted));
        if (firstText > 0) {
            System.err.println("first text after " + seconds(firstText));
        }
        System.err.println("end        after " + seconds(ended));
        if (usage.path("model_calls").asInt(0) > 0) {
            System.err.println("usage      %d model calls, %d tokens in, %d out"
                    .formatted(
                            usage.path("model_calls").asInt(0),
                            usage.path("input_tokens").asLong(0),
                            usage.path("output_tokens").asLong(0)));
        }
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.3f s", Duration.ofNanos(nanos).toMillis() / 1e3);
    }
}
