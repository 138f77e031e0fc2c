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
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

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

    @Override
    public LaneOutcome run(RequestId request, WebhookCall call) {
        Turn event = call.event();
        if (!event.claim().held()) {
            event.claim().release();
            return LaneOutcome.DONE;
        }
        if (call.isFirstCall() && outcomes.isRecorded(event.session(), request)) {
            counter.accept("known");
            event.claim().complete();
            return LaneOutcome.DONE;
        }
        return call.isRejected()
                ? finish(call, "failed", "too many webhooks are open for its host, whose latest call failed", 0)
                : callIfAllowed(call);
    }

    private LaneOutcome callIfAllowed(WebhookCall call) {
        if (!hosts.beginCall(call.host(), call.skipDelay())) {
            return new LaneOutcome.RunAgain(MAX_WAIT);
        }
        SendResult sent = new SendResult.SendFailed("internal error", null);
        try {
            sent = send(call);
        } finally {
            hosts.endCall(call.host(), sent instanceof SendResult.Delivered);
        }
        return handle(call, sent);
    }

    private SendResult send(WebhookCall call) {
        try {
            byte[] value = call.event().claim().value();
            return value == null
                    ? new SendResult.Undeliverable("the event is empty")
                    : sender.send(call.callbackUrl(), call.event().requestId(), value);
        } catch (RecordGoneException e) {
            return new SendResult.Undeliverable("the log no longer contains the event");
        } catch (LogUnavailableException e) {
            return new SendResult.SendFailed("the log is unavailable", LOG_RETRY_DELAY);
        }
    }

    private LaneOutcome handle(WebhookCall call, SendResult sent) {
        int tries = call.countCall();
        return switch (sent) {
            case SendResult.Delivered _ -> finish(call, "delivered", "", tries);
            case SendResult.Undeliverable undeliverable -> finish(call, "refused", undeliverable.reason(), tries);
            case SendResult.SendFailed failed
            when retries.isExhausted(tries) -> finish(call, "failed", failed.reason(), tries);
            case SendResult.SendFailed failed -> {
                report(call, "retried", failed.reason(), tries);
                Duration wait = retries.backOff(tries, random);
                Duration min = failed.retryAfter();
                yield new LaneOutcome.RunAgain(min != null && min.compareTo(wait) > 0 ? min : wait);
            }
        };
    }

    private LaneOutcome finish(WebhookCall call, String outcome, String why, int tries) {
        Turn event = call.event();
        outcomes.record(event.session(), event.requestId(), outcome);
        report(call, outcome, why, tries);
        event.claim().complete();
        return LaneOutcome.DONE;
    }

    /** Logs only the host of the callback, because its path may contain a secret. */
    private void report(WebhookCall call, String outcome, String why, int tries) {
        counter.accept(outcome);
        boolean lost = outcome.equals("failed") || outcome.equals("refused");
        log.atLevel(lost ? Level.WARN : Level.INFO)
                .addKeyValue("user", call.event().session().namespace())
                .addKeyValue("session", call.event().session().sessionId())
                .addKeyValue("request", call.event().requestId())
                .addKeyValue("host", call.callbackUrl().value().getHost())
                .addKeyValue("outcome", outcome)
                .addKeyValue("why", why)
                .addKeyValue("tries", tries)
                .log("webhook processed");
    }
}
