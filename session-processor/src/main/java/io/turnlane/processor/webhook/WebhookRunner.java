package io.turnlane.processor.webhook;

import io.turnlane.model.RequestId;
import io.turnlane.processor.lane.LaneOutcome;
import io.turnlane.processor.lane.LaneWork;
import io.turnlane.processor.turn.RetryPolicy;
import io.turnlane.processor.turn.Turn;
import io.turnlane.processor.turn.Turn.LogUnavailableException;
import io.turnlane.processor.turn.Turn.RecordGoneException;
import io.turnlane.processor.webhook.WebhookSender.SendResult;
import io.turnlane.store.request.WebhookOutcomes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.springframework.dao.DataAccessException;

/**
 * Sends a webhook, as the work of its lane. The webhook of each request has its own lane, so that an unavailable
 * receiver does not delay the webhooks of others. {@link CallbackHosts} limits the number of webhooks for each host.
 * The offset of a terminal event is completed only after the receiver has accepted its webhook, or after the webhook
 * was given up. If the processor crashes before that, Kafka delivers the event again.
 *
 * <p>Called by several lane threads at the same time.
 *
 * @param counter called with each outcome, which is one of {@link #OUTCOMES}
 */
public record WebhookRunner(
        WebhookSender sender,
        WebhookOutcomes outcomes,
        BatchEnds batches,
        CallbackHosts hosts,
        RetryPolicy retries,
        RandomGenerator random,
        Consumer<String> counter)
        implements LaneWork<RequestId, WebhookCall> {

    /** Outcomes of calls. */
    public static final List<String> OUTCOMES = List.of("delivered", "retried", "failed", "refused", "known");

    private static final Logger log = LoggerFactory.getLogger("io.turnlane.webhook");

    /**
     * Maximum time for which a webhook waits until another call to its host has ended. Normally, the end of that call
     * ends the wait earlier. It does not if all partitions with webhooks of the host have left this processor
     * meanwhile.
     */
    private static final Duration MAX_WAIT = Duration.ofSeconds(5);

    private static final Duration LOG_RETRY_DELAY = Duration.ofSeconds(1);
    private static final Duration REDIS_RETRY_DELAY = Duration.ofSeconds(1);

    @Override
    public LaneOutcome run(RequestId request, WebhookCall call) {
        Turn event = call.event();
        if (!event.claim().held()) {
            event.claim().release();
            return LaneOutcome.DONE;
        }
        try {
            WebhookMessage message = messageOf(call, request);
            if (message != null) {
                return run(call, message);
            }
        } catch (DataAccessException unavailable) {
            return new LaneOutcome.RunAgain(REDIS_RETRY_DELAY);
        }
        event.claim().complete();
        return LaneOutcome.DONE;
    }

    /**
     * Returns the message to send; null if the event belongs to a batch and does not send its webhook. Throws a data
     * access exception if this is unknown because Redis is unavailable.
     */
    private @Nullable WebhookMessage messageOf(WebhookCall call, RequestId request) {
        WebhookMessage known = call.message();
        Optional<RequestId> batch = call.callbackUrl().batch();
        if (known != null || batch.isEmpty()) {
            return known;
        }
        Turn event = call.event();
        WebhookMessage end =
                batches.messageOf(event.session(), batch.get(), request).orElse(null);
        if (end != null) {
            String host = WebhookCall.hostOf(end.to());
            boolean reserved = hosts.reserve(host);
            if (reserved) {
                event.claim().onEnd(() -> hosts.release(host, call.skipDelay()));
            }
            call.sendBatchEnd(end, !reserved);
        }
        return end;
    }

    private LaneOutcome run(WebhookCall call, WebhookMessage message) {
        if (call.isFirstCall() && outcomes.isRecorded(message.record())) {
            counter.accept("known");
            call.event().claim().complete();
            return LaneOutcome.DONE;
        }
        return call.isRejected()
                ? finish(
                        call, message, "failed", "too many webhooks are open for its host, whose latest call failed", 0)
                : callIfAllowed(call, message);
    }

    private LaneOutcome callIfAllowed(WebhookCall call, WebhookMessage message) {
        String host = WebhookCall.hostOf(message.to());
        if (!hosts.beginCall(host, call.skipDelay())) {
            return new LaneOutcome.RunAgain(MAX_WAIT);
        }
        SendResult sent = new SendResult.SendFailed("internal error", null);
        try {
            sent = send(call, message);
        } finally {
            hosts.endCall(host, sent instanceof SendResult.Delivered);
        }
        return handle(call, message, sent);
    }

    private SendResult send(WebhookCall call, WebhookMessage message) {
        try {
            byte[] value = message.body() == null ? call.event().claim().value() : message.body();
            return value == null
                    ? new SendResult.Undeliverable("the event is empty")
                    : sender.send(message.to(), message.id(), value);
        } catch (RecordGoneException e) {
            return new SendResult.Undeliverable("the log no longer contains the event");
        } catch (LogUnavailableException e) {
            return new SendResult.SendFailed("the log is unavailable", LOG_RETRY_DELAY);
        }
    }

    private LaneOutcome handle(WebhookCall call, WebhookMessage message, SendResult sent) {
        int tries = call.countCall();
        return switch (sent) {
            case SendResult.Delivered _ -> finish(call, message, "delivered", "", tries);
            case SendResult.Undeliverable undeliverable ->
                finish(call, message, "refused", undeliverable.reason(), tries);
            case SendResult.SendFailed failed
            when retries.isExhausted(tries) -> finish(call, message, "failed", failed.reason(), tries);
            case SendResult.SendFailed failed -> {
                report(call, message, "retried", failed.reason(), tries);
                Duration wait = retries.backOff(tries, random);
                Duration min = failed.retryAfter();
                yield new LaneOutcome.RunAgain(min != null && min.compareTo(wait) > 0 ? min : wait);
            }
        };
    }

    private LaneOutcome finish(WebhookCall call, WebhookMessage message, String outcome, String why, int tries) {
        outcomes.record(message.record(), outcome);
        report(call, message, outcome, why, tries);
        call.event().claim().complete();
        return LaneOutcome.DONE;
    }

    /** Logs only the host of the callback, because its path may contain a secret. */
    private void report(WebhookCall call, WebhookMessage message, String outcome, String why, int tries) {
        counter.accept(outcome);
        boolean lost = outcome.equals("failed") || outcome.equals("refused");
        log.atLevel(lost ? Level.WARN : Level.INFO)
                .addKeyValue("user", call.event().session().namespace())
                .addKeyValue("session", call.event().session().sessionId())
                .addKeyValue(call.callbackUrl().batch().isPresent() ? "batch" : "request", message.id())
                .addKeyValue("host", message.to().value().getHost())
                .addKeyValue("outcome", outcome)
                .addKeyValue("why", why)
                .addKeyValue("tries", tries)
                .log("webhook processed");
    }
}
