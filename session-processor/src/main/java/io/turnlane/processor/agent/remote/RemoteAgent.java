package io.turnlane.processor.agent.remote;

import io.turnlane.model.Answer;
import io.turnlane.model.Usage;
import io.turnlane.model.agent.AgentDefinition;
import io.turnlane.model.agent.AgentSettings.Remote;
import io.turnlane.model.agent.Price;
import io.turnlane.processor.agent.Agent;
import io.turnlane.processor.agent.AnswerSink;
import io.turnlane.processor.agent.CurrentTurn;
import io.turnlane.processor.agent.HistoryWindow;
import io.turnlane.processor.agent.Question;
import io.turnlane.processor.agent.TerminalAgentException;
import io.turnlane.processor.agent.http.Deadline;
import io.turnlane.processor.agent.remote.RemoteProtocol.AnswerReader;
import io.turnlane.processor.agent.remote.RemoteProtocol.RemoteTurn;
import io.turnlane.store.memory.Memory;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers one turn by a call over HTTP. If the agent rejects the call and asks to repeat it soon, repeats it within the
 * attempt. If the agent closes the connection without any response, repeats the call once at once, because the agent
 * has probably closed a connection that was kept open after an earlier call. The repeated call has the same
 * {@code Idempotency-Key}. After the first part of an answer, every error ends the attempt.
 */
final class RemoteAgent implements Agent {

    /** Maximum number of calls in one attempt. */
    private static final int MAX_CALLS = 3;

    /** Maximum time to wait between two calls of one attempt. Longer waits are left to the processor. */
    private static final Duration MAX_WAIT = Duration.ofSeconds(5);

    private final AgentDefinition definition;
    private final Remote settings;
    private final RemoteProtocol protocol;
    private final RemoteHeaders headers;
    private final HttpClient http;
    private final String currency;

    RemoteAgent(
            AgentDefinition definition,
            Remote settings,
            RemoteProtocol protocol,
            RemoteHeaders headers,
            HttpClient http,
            String currency) {
        this.definition = definition;
        this.settings = settings;
        this.protocol = protocol;
        this.headers = headers;
        this.http = http;
        this.currency = currency;
    }

    @Override
    public Answer answer(Question question, Memory memory, AnswerSink sink) throws Exception {
        CurrentTurn turn = CurrentTurn.get().orElseThrow();
        RemoteTurn remote = new RemoteTurn(
                turn,
                definition.name(),
                settings.model(),
                question,
                HistoryWindow.lastTurns(memory, settings.historyTokens()),
                memory.state());
        HttpRequest request = request(remote);
        Deadline end = Deadline.in(settings.timeouts().total());
        try {
            return call(request, remote, sink, end);
        } catch (RemoteFault e) {
            throw e.toException(definition.name(), settings.url().getRawAuthority());
        }
    }

    private HttpRequest request(RemoteTurn turn) throws TerminalAgentException {
        Map<String, Object> body = new LinkedHashMap<>(protocol.request(turn));
        body.putAll(settings.parameters());
        HttpRequest.Builder request = HttpRequest.newBuilder(settings.url())
                .POST(HttpRequest.BodyPublishers.ofByteArray(RemoteJson.write(body)));
        headers.addTo(request, turn);
        return request.build();
    }

    private Answer call(HttpRequest request, RemoteTurn turn, AnswerSink sink, Deadline end)
            throws RemoteFault, InterruptedException {
        for (int call = 1; true; call++) {
            try {
                return callOnce(request, turn, sink, end);
            } catch (RemoteFault e) {
                Duration wait = e.isWithoutResponse() && call == 1 ? Duration.ZERO : e.retryAfter();
                if (call == MAX_CALLS || !isShort(wait, end)) {
                    throw e;
                }
                Thread.sleep(wait);
            }
        }
    }

    private static boolean isShort(@Nullable Duration wait, Deadline end) {
        return wait != null && wait.compareTo(MAX_WAIT) <= 0 && wait.toNanos() < end.nanosLeft();
    }

    private Answer callOnce(HttpRequest request, RemoteTurn turn, AnswerSink sink, Deadline end)
            throws RemoteFault, InterruptedException {
        AnswerText text = new AnswerText(sink);
        AnswerReader reader = protocol.reader(text, turn);
        try (RemoteCall call = RemoteCall.send(http, request, settings.timeouts(), end)) {
            call.checkStatus();
            if (call.isStream()) {
                readEvents(call, reader, text);
            } else {
                reader.readDocument(RemoteJson.read(call.readDocument()));
            }
            return reader.answer();
        } finally {
            report(reader.usage(), sink);
        }
    }

    /** Reports what the agent has reported, also if the call failed. */
    private void report(Usage usage, AnswerSink sink) {
        if (!usage.equals(Usage.NONE)) {
            Price price = settings.price();
            sink.usage(definition.type().wire(), price == null ? usage : price.of(usage, currency));
        }
    }

    private static void readEvents(RemoteCall call, AnswerReader reader, AnswerText text)
            throws RemoteFault, InterruptedException {
        for (String event = call.nextEvent(false); event != null; event = call.nextEvent(text.hasBegun())) {
            if (reader.readEvent(event)) {
                call.finish();
                return;
            }
        }
    }
}
