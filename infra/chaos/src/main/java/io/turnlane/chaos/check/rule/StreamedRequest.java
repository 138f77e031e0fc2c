package io.turnlane.chaos.check.rule;

import io.turnlane.chaos.check.facts.RequestFacts;
import io.turnlane.chaos.history.HistoryLine.EventReceived;
import org.jspecify.annotations.Nullable;

/** Progress of one request in a stream. It determines which events the stream may deliver next. */
final class StreamedRequest {

    private final @Nullable RequestFacts facts;
    private int attempt;
    private int seq = -1;
    /** Text that the client shows. Null if its beginning is missing, or if the topic lacks events of the attempt. */
    private @Nullable StringBuilder text;

    private boolean gap;
    /**
     * True if the stream delivered this attempt's {@code started} event from the log. Such an event has a cursor. A
     * {@code started} event that a gateway made from the request record has none.
     */
    private boolean fromStart;

    StreamedRequest(@Nullable RequestFacts facts) {
        this.facts = facts;
    }

    /** Records a {@code gap} event, which announces to the client that events are missing. */
    void gap() {
        gap = true;
        text = null;
        fromStart = false;
    }

    /** Adds an event that does not end the request. Returns the violation that it shows; null if there is none. */
    @Nullable
    String checkEvent(EventReceived event) {
        if (event.attempt() == null || event.seq() == null || event.attempt() == 0) {
            return null; // events of a turn that has not begun have no sequence numbers
        }
        if (event.attempt() < attempt) {
            return "event of attempt " + event.attempt() + " after attempt " + attempt;
        }
        String violation = event.attempt() > attempt ? beginAttempt(event) : continueAttempt(event);
        seq = event.seq();
        return violation == null && event.event().equals("delta") ? append(event) : violation;
    }

    private @Nullable String beginAttempt(EventReceived event) {
        boolean starts = event.event().equals("started");
        boolean joins = attempt > 0 && event.event().equals("delta") && text != null;
        attempt = event.attempt() == null ? 0 : event.attempt();
        gap = gap && !starts;
        fromStart = starts && event.cursor() != null;
        text = starts ? new StringBuilder() : null;
        return joins ? "text of attempt " + attempt + " without its beginning, after text of an older attempt" : null;
    }

    private @Nullable String continueAttempt(EventReceived event) {
        int now = event.seq() == null ? -1 : event.seq();
        if (now <= seq) {
            return "seq " + now + " of attempt " + attempt + " after seq " + seq;
        }
        if (event.event().equals("delta") && gap && text == null) {
            return "text after a gap, without the beginning of an attempt";
        }
        if (event.cursor() == null || gap || facts == null || !facts.isComplete(attempt)) {
            return null;
        }
        int missing = facts.nextSeq(attempt, seq + 1);
        return missing >= 0 && missing < now ? "seq " + missing + " of attempt " + attempt + " is missing" : null;
    }

    private @Nullable String append(EventReceived event) {
        if (text == null || event.text() == null) {
            return null;
        }
        boolean incomplete = facts != null && !facts.isComplete(attempt);
        int shown = text.codePointCount(0, text.length());
        if (event.pos() != null && event.pos() != shown) {
            text = null;
            return incomplete
                    ? null
                    : "text for position " + event.pos() + ", but the client shows " + shown + " code points";
        }
        text = incomplete ? null : text.append(event.text());
        return null;
    }

    /** Adds the terminal event. Returns the violation that it shows; null if there is none. */
    @Nullable
    String checkEnd(EventReceived event) {
        if (event.text() != null && text != null && !event.text().startsWith(text.toString())) {
            return "the text shown is not a prefix of the answer: attempts were joined, or text was lost";
        }
        if (event.cursor() == null || !fromStart || gap || facts == null || !facts.isComplete(attempt)) {
            return null;
        }
        int missing = facts.nextSeq(attempt, seq + 1);
        return missing < 0 ? null : "seq " + missing + " of attempt " + attempt + " is missing before the end";
    }
}
