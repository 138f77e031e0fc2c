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
        AskRequest whole = wholeQuestion();
        OperatorClient asked = gateway.at(data.path());
        boolean watched = Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .isPresent();
        AnswerPrinter printer = new AnswerPrinter(System.out, System.err, watched);
        try {
            AskedTurn turn = asked.ask(whole);
            TurnView end = turn.follow(printer);
            printer.end(end);
            if (session == null) {
                System.err.println("session    " + turn.sessionId());
            }
            return end.status() == TurnStatus.COMPLETED ? 0 : 1;
        } catch (ProblemException refused) {
            throw new CommandFailedException(FailureMessages.of(refused));
        } catch (IOException away) {
            throw new CommandFailedException(FailureMessages.unanswered(asked));
        }
    }

    private AskRequest wholeQuestion() {
        if (question.isBlank()) {
            throw new UsageException("There is nothing to ask: the question is empty.");
        }
        AskRequest asked = AskRequest.of(question);
        asked = session == null ? asked : asked.in(session);
        return agent == null ? asked : asked.agent(agent);
    }
}
