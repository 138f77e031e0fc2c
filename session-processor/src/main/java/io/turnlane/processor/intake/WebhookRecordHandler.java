package io.turnlane.processor.intake;

import io.turnlane.model.CallbackUrl;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.TurnError;
import io.turnlane.processor.lane.LaneScheduler;
import io.turnlane.processor.turn.Turn;
import io.turnlane.processor.webhook.CallbackHosts;
import io.turnlane.processor.webhook.WebhookCall;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds a terminal event to its webhook lane if the question or its batch named a callback URL. Completes all other
 * events at once.
 *
 * <p>Threading: only the poll thread of the events topic calls this class. No method blocks.
 */
public record WebhookRecordHandler(LaneScheduler<RequestId, WebhookCall> lanes, CallbackHosts hosts)
        implements RecordHandler {

    private static final Logger log = LoggerFactory.getLogger(WebhookRecordHandler.class);

    /**
     * Adds a webhook call for the event to its lane. If the lane already holds a call for the same request, completes
     * the event without a call.
     */
    @Override
    public void onTurn(Turn event) {
        String callback = event.envelope().callback();
        String type = event.envelope().type();
        if (callback == null || type == null || !RequestStatus.isTerminalType(type)) {
            event.claim().complete();
            return;
        }
        try {
            if (lanes.offer(event.requestId(), call(event, CallbackUrl.ofRecord(callback)))
                    .duplicate()) {
                event.claim().complete();
            }
        } catch (IllegalArgumentException e) {
            log.atWarn()
                    .addKeyValue("request", event.requestId())
                    .log("invalid callback URL in an event; no webhook is sent");
            event.claim().complete();
        }
    }

    private WebhookCall call(Turn event, CallbackUrl to) {
        Runnable skipDelay = () -> lanes.skipDelay(event.requestId(), _ -> true);
        if (to.batch().isPresent()) { // the record of the batch has the host
            return new WebhookCall(event, to, false, skipDelay);
        }
        String host = WebhookCall.hostOf(to);
        boolean reserved = hosts.reserve(host);
        if (reserved) {
            event.claim().onEnd(() -> hosts.release(host, skipDelay));
        }
        return new WebhookCall(event, to, !reserved, skipDelay);
    }

    /** Completes the record without a webhook call, because an invalid event has no callback URL. */
    @Override
    public void onUnreadable(Turn.Claim claim, TurnError error) {
        claim.complete();
    }

    @Override
    public void onPartitionsLeaving(Predicate<Turn.Claim> belongsToPartitions, boolean orderly) {
        lanes.withdraw(call -> belongsToPartitions.test(call.event().claim()))
                .forEach(call -> call.event().claim().release());
    }
}
