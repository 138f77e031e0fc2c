package io.turnlane.standalone;

import io.turnlane.standalone.client.Conversation;
import io.turnlane.standalone.client.Gateway;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** A question on the command line. */
@Command(
        name = "ask",
        description = "Ask a question and print the answer as it comes. Exit code 1 where there is none.")
final class AskCommand implements Callable<Integer> {

    @Parameters(paramLabel = "QUESTION", description = "In quotes.")
    private String question = "";

    @Option(names = "--session", paramLabel = "ID", description = "The session to go on with. Default: a new one.")
    private @Nullable String session;

    @Option(names = "--agent", paramLabel = "NAME", description = "Which agent answers. Default: the session's.")
    private @Nullable String agent;

    @Mixin
    private GatewayOption gateway = new GatewayOption();

    @Mixin
    private DataOption data = new DataOption();

    @Override
    public Integer call() throws InterruptedException {
        LogSetup.quiet();
        Gateway asked = gateway.at(data.path());
        AnswerPrinter printer = new AnswerPrinter(System.out, System.err);
        try {
            JsonNode request = asked.ask(question, Optional.ofNullable(session), Optional.ofNullable(agent));
            new Conversation(asked, printer).follow(request);
            if (session == null) {
                System.err.println("session    " + request.path("session_id").asString(""));
            }
            return printer.completed() ? 0 : 1;
        } catch (Gateway.RefusedException refused) {
            throw new CommandFailedException("Refused: " + refused.getMessage());
        } catch (IOException away) {
            throw new CommandFailedException("Turnlane doesn't answer at " + asked.address() + ": ./turnlane up");
        }
    }
}
