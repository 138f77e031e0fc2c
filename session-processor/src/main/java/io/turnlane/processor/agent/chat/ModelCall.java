package io.turnlane.processor.agent.chat;

import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.sse.ServerSentEvent;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import io.turnlane.model.agent.CallTimeouts;
import io.turnlane.model.agent.ModelService;
import io.turnlane.processor.agent.TerminalAgentException;
import io.turnlane.processor.agent.chat.ModelUnavailableException.Unavailability;
import io.turnlane.processor.agent.http.Deadline;
import io.turnlane.processor.agent.http.StreamedResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Makes one call of a model over HTTP. LangChain4j does not pass on exceptions as they are, so this class keeps a
 * failure for {@link #reply}. Only the agent's thread uses this object.
 */
final class ModelCall {

    private static final String DONE = "[DONE]";

    /** Time to wait for the end of a response after its last event, so that the connection can be used again. */
    private static final Duration TIME_FOR_END = Duration.ofMillis(100);

    private final HttpClient http;
    private final ModelService service;
    private final @Nullable String key;
    private final Deadline total;
    private final ReplyHandler handler;
    private @Nullable InterruptedException interrupt;
    private @Nullable TerminalAgentException terminal;
    private @Nullable ModelUnavailableException unavailable;
    private boolean isDone;

    /**
     * @param key API key, or null
     * @param total time at which the call must have ended
     */
    ModelCall(HttpClient http, ModelService service, @Nullable String key, Deadline total, ReplyHandler handler) {
        this.http = http;
        this.service = service;
        this.key = key;
        this.total = total;
        this.handler = handler;
    }

    /** Returns the reply after the call, or throws its failure. */
    ModelReply reply() throws TerminalAgentException, ModelUnavailableException, InterruptedException {
        if (interrupt != null) {
            throw interrupt;
        }
        if (terminal != null) {
            throw terminal;
        }
        if (unavailable != null) {
            throw unavailable;
        }
        return handler.reply(isDone);
    }

    /**
     * Sends the request and reads its response. Gives each event to LangChain4j's listener, which calls the handler.
     */
    void execute(HttpRequest request, ServerSentEventListener listener) {
        Deadline first = Deadline.in(service.timeouts().first()).orEarlier(total);
        try (StreamedResponse response = StreamedResponse.send(http, jdkRequest(request), first)) {
            if (response.status() / 100 != 2) {
                throw ServiceErrors.unsuccessful(service, response);
            }
            read(response, first, listener);
        } catch (InterruptedException e) {
            interrupt = e;
        } catch (TerminalAgentException e) {
            terminal = e;
        } catch (ModelUnavailableException e) {
            unavailable = e;
        } catch (HttpTimeoutException e) {
            unavailable = new ModelUnavailableException(Unavailability.TIMEOUT, "did not answer in time");
        } catch (IOException e) {
            unavailable = new ModelUnavailableException(
                    Unavailability.FAULT, "could not be reached, or its stream broke off");
        }
    }

    private void read(StreamedResponse response, Deadline first, ServerSentEventListener listener)
            throws IOException, InterruptedException, TerminalAgentException, ModelUnavailableException {
        CallTimeouts timeouts = service.timeouts();
        String event = response.nextEvent(first, timeouts.first());
        for (; event != null; event = response.nextEvent(total, timeouts.idle())) {
            if (event.equals(DONE)) {
                isDone = true;
                break;
            }
            ModelUnavailableException error = ServiceErrors.inStream(event);
            if (error != null) {
                throw error;
            }
            listener.onEvent(new ServerSentEvent(null, event));
            handler.checkEvent();
        }
        listener.onClose(); // completes the reply
        try {
            response.skip(Deadline.in(TIME_FOR_END));
        } catch (IOException _) {
            // the reply is complete; the connection is closed
        }
    }

    private java.net.http.HttpRequest jdkRequest(HttpRequest request) {
        URI url = URI.create(request.url());
        java.net.http.HttpRequest.Builder copy = java.net.http.HttpRequest.newBuilder(url)
                .POST(BodyPublishers.ofString(request.body()))
                .header("Accept", "text/event-stream");
        if ("http".equals(url.getScheme())) {
            copy.version(HttpClient.Version.HTTP_1_1); // some servers reject the upgrade to HTTP/2
        }
        if (key != null) {
            copy.header("Authorization", "Bearer " + key);
        }
        request.headers().forEach((name, values) -> values.forEach(value -> copy.header(name, value)));
        return copy.build();
    }
}
