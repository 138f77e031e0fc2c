package io.turnlane.processor.intake;

import io.turnlane.model.CallbackUrl;
import io.turnlane.model.RequestId;
import io.turnlane.model.TurnError;
import io.turnlane.processor.lane.LaneScheduler;
import io.turnlane.processor.turn.Turn;
import io.turnlane.processor.webhook.CallbackHosts;
import io.turnlane.processor.webhook.WebhookCall;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From the events topic into the lanes of webhooks: terminals whose question named a callback. All else is complete as
 * it comes. Called by the poll thread only; nothing here blocks.
 */
public final class WebhookRecordHandler implements RecordHandler {

    private static final Logger log = LoggerFactory.getLogger(WebhookRecordHandler.class);
    private static final Set<String> TERMINAL = Set.of("completed", "failed", "cancelled", "superseded", "rejected");

    private final LaneScheduler<RequestId, WebhookCall> lanes;
    private final CallbackHosts hosts;

    public WebhookRecordHandler(LaneScheduler<RequestId, WebhookCall> lanes, CallbackHosts hosts) {
        this.lanes = lanes;
        this.hosts = hosts;
    }

    /** A twin of one that its lane holds is one too many. */
    @Override
    public void onTurn(Turn event) {
        String callback = event.envelope().callback();
        String type = event.envelope().type();
        if (callback == null || type == null || !TERMINAL.contains(type)) {
            event.claim().complete();
            return;
        }
        try {
            if (lanes.offer(event.requestId(), call(event, CallbackUrl.parse(callback)))
                    .duplicate()) {
                event.claim().complete();
            }
        } catch (IllegalArgumentException e) {
            log.atWarn().addKeyValue("request", event.requestId()).log("an event's callback can't be read");
            event.claim().complete();
        }
    }

    private WebhookCall call(Turn event, CallbackUrl to) {
        String host = WebhookCall.hostOf(to);
        Runnable hurry = () -> lanes.skipDelay(event.requestId(), _ -> true);
        boolean held = hosts.reserve(host);
        if (held) {
            event.claim().onEnd(() -> hosts.release(host, hurry));
        }
        return new WebhookCall(event, to, !held, hurry);
    }

    /** No event of ours; there is nobody to be told of it. */
    @Override
    public void onUnreadable(Turn.Claim claim, TurnError error) {
        claim.complete();
    }

    @Override
    public void onPartitionsLeaving(Predicate<Turn.Claim> ofPartition, boolean patient) {
        lanes.withdraw(call -> ofPartition.test(call.event().claim()))
                .forEach(call -> call.event().claim().release());
    }
}
