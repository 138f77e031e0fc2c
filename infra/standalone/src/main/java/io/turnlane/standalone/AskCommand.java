package io.turnlane.standalone;

import io.turnlane.client.AskRequest;
import io.turnlane.client.AskedTurn;
import io.turnlane.client.ProblemException;
import io.turnlane.client.TurnStatus;
import io.turnlane.client.TurnView;
import io.turnlane.model.Priority;
import io.turnlane.model.TurnPolicy;
import io.turnlane.standalone.client.OperatorClient;
import io.turnlane.standalone.options.DataOption;
import io.turnlane.standalone.options.GatewayOption;
import io.turnlane.standalone.options.TimeSpanConverter;
import io.turnlane.standalone.terminal.CommandFailedException;
import io.turnlane.standalone.terminal.FailureMessages;
import io.turnlane.standalone.terminal.LogSetup;
import io.turnlane.standalone.terminal.UsageException;
import java.io.Console;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
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
            description = "The agent that answers. Default: the session's agent. ./turnlane agents lists all agents.")
    private @Nullable String agent;

    @Option(
            names = "--policy",
            paramLabel = "POLICY",
            description = {
                "What happens if the session is busy. enqueue: wait. reject: do not answer.",
                "interrupt: stop the earlier turns. rollback: interrupt, and remove them from the history.",
                "coalesce: merge with the waiting questions. Default: enqueue."
            })
    private @Nullable TurnPolicy policy;

    @Option(
            names = "--priority",
            paramLabel = "PRIORITY",
            description = "Which questions start first if a processor has no free slot: high, normal or low. "
                    + "Default: normal.")
    private @Nullable Priority priority;

    @Option(
            names = "--deadline",
            paramLabel = "TIME",
            description = "Time after which the answer is no longer wanted, for example 30s or 2m. At most 1h.",
            converter = TimeSpanConverter.class)
    private @Nullable Duration deadline;

    @Option(
            names = "--metadata",
            paramLabel = "KEY=VALUE",
            description = {
                "A value for the agent; repeatable.",
                "A value that is JSON, such as 3, true or [1,2], is sent as JSON; any other value as text."
            })
    private Map<String, String> metadata = new LinkedHashMap<>();

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
            TurnView end = follow(turn, printer);
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

    private static TurnView follow(AskedTurn turn, AnswerPrinter printer) throws InterruptedException {
        try {
            return turn.follow(printer);
        } catch (IOException lost) {
            throw new CommandFailedException(("The connection was lost after the question was accepted (session %s,"
                            + " request %s). It will still be answered: GET /v1/sessions/%s/requests/%s.")
                    .formatted(turn.sessionId(), turn.requestId(), turn.sessionId(), turn.requestId()));
        }
    }

    private AskRequest request() {
        if (question.isBlank()) {
            throw new UsageException("The question is empty. Give it in quotes: ./turnlane ask \"QUESTION\"");
        }
        AskRequest request = AskRequest.of(question);
        request = session == null ? request : request.in(session);
        request = agent == null ? request : request.agent(agent);
        request = policy == null ? request : request.policy(policy.wire());
        request = priority == null ? request : request.priority(priority.wire());
        request = deadline == null ? request : request.within(deadline);
        return request.metadata(values(metadata));
    }

    private static Map<String, Object> values(Map<String, String> given) {
        Map<String, Object> values = new LinkedHashMap<>();
        given.forEach((key, text) -> values.put(key, JsonOrText.of(text)));
        return values;
    }
}
