package io.turnlane.processor.agent.chat;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import io.turnlane.model.agent.ModelService;
import io.turnlane.model.agent.SecretText;
import io.turnlane.processor.agent.CurrentTurn;
import io.turnlane.processor.agent.TerminalAgentException;
import io.turnlane.processor.agent.chat.ModelUnavailableException.Unavailability;
import io.turnlane.processor.agent.http.Deadline;
import io.turnlane.trace.SpanRole;
import io.turnlane.trace.TraceSpan;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/** Calls one model of one service for an agent, within the limits of the service. Thread-safe. */
final class ModelEndpoint {

    private static final Logger log = LoggerFactory.getLogger(ModelEndpoint.class);

    private static final Duration FIRST_DELAY = Duration.ofMillis(500);

    /** Minimum wait for the limits of a service of which clients learn. */
    private static final Duration NOTICED_WAIT = Duration.ofMillis(200);

    /** Estimate of the tokens of an answer, if the definition does not limit them. */
    private static final long OUTPUT_TOKENS = 500;

    private final ModelService service;
    private final ServiceState state;
    private final HttpClient http;
    private final ApiKeys keys;
    private final StreamingChatModel model;

    ModelEndpoint(ModelService service, ServiceState state, HttpClient http, ApiKeys keys) {
        this.service = service;
        this.state = state;
        this.http = http;
        this.keys = keys;
        this.model = model(service);
    }

    ModelService service() {
        return service;
    }

    /**
     * Calls the model. Repeats the call after a failure of the service, as long as no text was sent in this attempt of
     * the turn.
     *
     * @param isLast true if no other service can answer, so that the call waits for an open circuit breaker
     * @throws ModelUnavailableException if the service gives no complete reply within its limits
     */
    ModelReply call(ChatRequest request, TurnOutput output, TurnUsage usage, boolean isLast)
            throws TerminalAgentException, ModelUnavailableException, InterruptedException {
        Deadline total = Deadline.in(service.timeouts().total());
        int attempt = 1;
        while (true) {
            try {
                return callOnce(request, output, usage, isLast, total);
            } catch (ModelUnavailableException e) {
                Duration delay = delay(attempt, e);
                boolean isRepeated = e.isRepeatable()
                        && attempt < service.limits().attempts()
                        && !output.hasText()
                        && delay.toNanos() < total.nanosLeft();
                onFailure(e, attempt, isRepeated);
                if (!isRepeated) {
                    throw e;
                }
                Thread.sleep(delay);
                attempt++;
            }
        }
    }

    private ModelReply callOnce(ChatRequest request, TurnOutput output, TurnUsage usage, boolean isLast, Deadline total)
            throws TerminalAgentException, ModelUnavailableException, InterruptedException {
        long input = TokenEstimate.of(request);
        usage.checkTokens(input, 0);
        SecretText key = service.key();
        ReplyHandler handler = new ReplyHandler(output, usage, input);
        ModelCall call = new ModelCall(http, service, key == null ? null : keys.resolve(key), total, handler);
        CallReport report = output.reportOf(service);
        try {
            awaitBreaker(isLast, total);
            try (ServiceLimiter.Permit permit = acquire(input, total, output);
                    TraceSpan span = startSpan()) {
                report.allowed();
                output.beginCall();
                ModelTransport.run(call, () -> model.chat(request, handler));
                ModelReply reply = reply(call, handler, usage, span);
                permit.used(reply.tokens());
                onSuccess(reply);
                report.replied(reply);
                return reply;
            }
        } catch (TerminalAgentException e) {
            report.ended(CallReport.FAILED);
            state.breaker().succeeded(); // the service answered
            throw e;
        } catch (ModelUnavailableException e) {
            report.ended(e.unavailability().wire());
            throw e;
        } catch (InterruptedException e) {
            report.ended(CallReport.INTERRUPTED);
            throw e;
        }
    }

    /** Returns the reply, and counts the call even if it has none. */
    private ModelReply reply(ModelCall call, ReplyHandler handler, TurnUsage usage, TraceSpan span)
            throws TerminalAgentException, ModelUnavailableException, InterruptedException {
        boolean hasReply = false;
        try {
            ModelReply reply = call.reply();
            hasReply = true;
            usage.add(service, reply);
            span.set("gen_ai.usage.input_tokens", reply.inputTokens())
                    .set("gen_ai.usage.output_tokens", reply.outputTokens());
            return ProviderQuirks.of(service.provider()).keepsReasoning() ? reply : reply.withoutReasoning();
        } finally {
            if (!hasReply) {
                span.failed("no_reply");
                usage.addFailed(service, handler.inputTokens(), handler.outputTokens());
            }
        }
    }

    /** Starts the span of one request. It contains neither messages nor answers. */
    private TraceSpan startSpan() {
        TraceSpan span = CurrentTurn.currentSpan().child(SpanRole.CLIENT, "chat", service.model());
        if (span.isRecorded()) {
            URI url = service.url();
            span.set("gen_ai.operation.name", "chat")
                    .set("gen_ai.provider.name", service.provider().wire())
                    .set("gen_ai.request.model", service.model())
                    .set("server.address", url.getHost())
                    .set(
                            "server.port",
                            url.getPort() >= 0 ? url.getPort() : "https".equals(url.getScheme()) ? 443 : 80);
        }
        return span;
    }

    private static StreamingChatModel model(ModelService service) {
        ProviderQuirks quirks = ProviderQuirks.of(service.provider());
        return OpenAiStreamingChatModel.builder()
                .httpClientBuilder(new ModelTransport())
                .baseUrl(service.url().toString())
                .modelName(service.model())
                .customParameters(service.parameters())
                .returnThinking(true)
                .sendThinking(quirks.keepsReasoning())
                .accumulateToolCallId(!quirks.repeatsToolCallIds())
                .build();
    }

    private void awaitBreaker(boolean isLast, Deadline total) throws ModelUnavailableException, InterruptedException {
        boolean isAllowed =
                isLast ? state.breaker().awaitCall(total) : state.breaker().tryCall();
        if (!isAllowed) {
            throw new ModelUnavailableException(
                    Unavailability.NOT_CALLED, "failed too often and is not called at the moment");
        }
    }

    private ServiceLimiter.Permit acquire(long input, Deadline total, TurnOutput output)
            throws ModelUnavailableException, InterruptedException {
        long tokens = input + outputTokens();
        boolean isWaiting = state.limiter().delays(tokens, NOTICED_WAIT);
        if (isWaiting) {
            output.waitsForProvider(service.provider().wire());
        }
        ServiceLimiter.Permit permit = state.limiter()
                .acquire(tokens, total)
                .orElseThrow(() -> new ModelUnavailableException(
                        Unavailability.NOT_CALLED, "has limits that allowed no call in time"));
        if (isWaiting) {
            output.callsProvider(service.provider().wire());
        }
        return permit;
    }

    private long outputTokens() {
        for (String name : new String[] {"max_completion_tokens", "max_tokens"}) {
            if (service.parameters().get(name) instanceof Number most) {
                return most.longValue();
            }
        }
        return OUTPUT_TOKENS;
    }

    /** Returns the delay before the next call: at least the one that the service asked for. */
    private static Duration delay(int attempt, ModelUnavailableException failure) {
        double random = ThreadLocalRandom.current().nextDouble(0.5, 1);
        Duration own = Duration.ofMillis((long) (FIRST_DELAY.toMillis() * Math.pow(2, attempt - 1) * random));
        return failure.retryAfter().filter(asked -> asked.compareTo(own) > 0).orElse(own);
    }

    private void onSuccess(ModelReply reply) {
        state.breaker().succeeded();
        if (reply.isEstimate() && state.firstEstimate()) {
            logEvent(Level.INFO).log("model service reports no usage; the numbers of tokens are estimates");
        }
    }

    private void onFailure(ModelUnavailableException failure, int attempt, boolean isRepeated) {
        failure.retryAfter().ifPresent(state.limiter()::pause);
        if (failure.unavailability() != Unavailability.NOT_CALLED) {
            logEvent(Level.WARN)
                    .addKeyValue("attempt", attempt)
                    .addKeyValue("repeated", isRepeated)
                    .log("model service {}", failure.getMessage());
        }
        if (failure.isFailure() && state.breaker().failed()) {
            logEvent(Level.WARN).log("model service failed too often; calling it only now and then until it answers");
        }
    }

    private LoggingEventBuilder logEvent(Level level) {
        return log.atLevel(level)
                .addKeyValue("provider", service.provider().wire())
                .addKeyValue("model", service.model());
    }
}
