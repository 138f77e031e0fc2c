package io.turnlane.standalone;

import io.turnlane.client.AskRequest;
import io.turnlane.client.AskedTurn;
import io.turnlane.client.ProblemException;
import io.turnlane.client.TurnStatus;
import io.turnlane.client.TurnView;
import io.turnlane.standalone.client.OperatorClient;
import java.io.Console;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Command that asks a question and prints the answer. */
@Command(
        name = "ask",
        description = "Ask a question and print the answer while it arrives. Exit code 1 if there is no answer.")
final class AskCommand implements Callable<Integer> {

    @Parameters(paramLabel = "QUESTION", description = "The question, in quotes.")
    private String question = "";

    @Option(names = "--session", paramLabel = "ID", description = "The session to continue. Default: a new session.")
    private @Nullable String session;

    @Option(
            names = "--agent",
            paramLabel = "NAME",
            description = "The agent that answers. Default: the session's agent.")
    private @Nullable String agent;

    @Mixin
    private GatewayOption gateway = new GatewayOption();

    @Mixin
    private DataOption data = new DataOption();

    @Override
    public Integer call() throws InterruptedException {
        LogSetup.quiet();
        AskRequest request = request();
        OperatorClient client = gateway.at(data.path());
        boolean terminal = Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .isPresent();
        AnswerPrinter printer = new AnswerPrinter(System.out, System.err, terminal);
        try {
            AskedTurn turn = client.ask(request);
            TurnView end = turn.follow(printer);
            printer.end(end);
            if (session == null) {
                System.err.println("session    " + turn.sessionId());
            }
            return end.status() == TurnStatus.COMPLETED ? 0 : 1;
        } catch (ProblemException rejected) {
            throw new CommandFailedException(FailureMessages.of(rejected));
        } catch (IOException unreachable) {
            throw new CommandFailedException(FailureMessages.noGateway(client));
        }
    }

    private AskRequest request() {
        if (question.isBlank()) {
            throw new UsageException("The question is empty. Give it in quotes: ./turnlane ask \"QUESTION\"");
        }
        AskRequest request = AskRequest.of(question);
        request = session == null ? request : request.in(session);
        return agent == null ? request : request.agent(agent);
    }
}
