package io.turnlane.processor.webhook;

import io.turnlane.model.RequestId;
import io.turnlane.processor.lane.LaneOutcome;
import io.turnlane.processor.lane.LaneWork;
import io.turnlane.processor.turn.RetryPolicy;
import io.turnlane.processor.turn.Turn;
import io.turnlane.processor.turn.Turn.LogUnavailableException;
import io.turnlane.processor.turn.Turn.RecordGoneException;
import io.turnlane.processor.webhook.WebhookSender.SendResult;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * What a lane does with a webhook: each request's is a lane of its own, so that a receiver that is away holds up nobody
 * else's, and {@link CallbackHosts} sees to it that it doesn't by its number either. The event's offset is complete
 * when its receiver has it, or when it is given up: at least once.
 *
 * <p>Called by lanes' threads, several at once.
 */
public final class WebhookRunner implements LaneWork<RequestId, WebhookCall> {

    private static final Logger log = LoggerFactory.getLogger("io.turnlane.webhook");

    /** Whoever waits for a call to its host is woken by the one before; this is for one whose waker is gone. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    private static final Duration WHILE_LOG_IS_AWAY = Duration.ofSeconds(1);

    private final WebhookSender sender;
    private final WebhookOutcomes marks;
    private final CallbackHosts hosts;
    private final RetryPolicy retries;
    private final RandomGenerator random;
    private final Consumer<String> counter;

    /** @param counter is told of each outcome: delivered, retried, failed, refused, known */
    public WebhookRunner(
            WebhookSender sender,
            WebhookOutcomes marks,
            CallbackHosts hosts,
            RetryPolicy retries,
            RandomGenerator random,
            Consumer<String> counter) {
        this.sender = sender;
        this.marks = marks;
        this.hosts = hosts;
        this.retries = retries;
        this.random = random;
        this.counter = counter;
    }

    @Override
    public LaneOutcome run(RequestId request, WebhookCall call) {
        Turn event = call.event();
        if (!event.claim().held()) {
            event.claim().release();
            return LaneOutcome.DONE;
        }
        if (call.isFirstCall() && marks.isRecorded(event.session(), request)) {
            counter.accept("known");
            event.claim().complete();
            return LaneOutcome.DONE;
        }
        return call.isRejected()
                ? settled(call, "failed", "its host has its share of places, and fails", 0)
                : callInTurn(call);
    }

    /** A host has so many calls at once and no more; waiting for one holds no thread and counts as no try. */
    private LaneOutcome callInTurn(WebhookCall call) {
        if (!hosts.beginCall(call.host(), call.skipDelay())) {
            return new LaneOutcome.RunAgain(LONGEST_WAIT);
        }
        SendResult sent = new SendResult.SendFailed("it broke", null);
        try {
            sent = send(call);
        } finally {
            hosts.endCall(call.host(), sent instanceof SendResult.Delivered);
        }
        return heard(call, sent);
    }

    private SendResult send(WebhookCall call) {
        try {
            byte[] value = call.event().claim().value();
            return value == null
                    ? new SendResult.Undeliverable("the event is empty")
                    : sender.send(call.callbackUrl(), call.event().requestId(), value);
        } catch (RecordGoneException e) {
            return new SendResult.Undeliverable("the log holds the event no more");
        } catch (LogUnavailableException e) {
            return new SendResult.SendFailed("the log is away", WHILE_LOG_IS_AWAY);
        }
    }

    private LaneOutcome heard(WebhookCall call, SendResult sent) {
        int tries = call.countCall();
        return switch (sent) {
            case SendResult.Delivered _ -> settled(call, "delivered", "", tries);
            case SendResult.Undeliverable refused -> settled(call, "refused", refused.reason(), tries);
            case SendResult.SendFailed failed
            when retries.isExhausted(tries) -> settled(call, "failed", failed.reason(), tries);
            case SendResult.SendFailed failed -> {
                say(call, "retried", failed.reason(), tries);
                Duration wait = retries.backOff(tries, random);
                Duration notBefore = failed.retryAfter();
                yield new LaneOutcome.RunAgain(notBefore != null && notBefore.compareTo(wait) > 0 ? notBefore : wait);
            }
        };
    }

    private LaneOutcome settled(WebhookCall call, String outcome, String why, int tries) {
        Turn event = call.event();
        marks.record(event.session(), event.requestId(), outcome);
        say(call, outcome, why, tries);
        event.claim().complete();
        return LaneOutcome.DONE;
    }

    /** Its path may hold a secret: the log gets the host. */
    private void say(WebhookCall call, String outcome, String why, int tries) {
        counter.accept(outcome);
        boolean lost = outcome.equals("failed") || outcome.equals("refused");
        log.atLevel(lost ? Level.WARN : Level.INFO)
                .addKeyValue("session", call.event().session().sessionId())
                .addKeyValue("request", call.event().requestId())
                .addKeyValue("host", call.callbackUrl().value().getHost())
                .addKeyValue("outcome", outcome)
                .addKeyValue("why", why)
                .addKeyValue("tries", tries)
                .log("webhook");
    }
}
