package io.turnlane.chaos.check.rule;

import io.turnlane.chaos.check.facts.RequestFacts;
import io.turnlane.chaos.history.HistoryLine.EventReceived;
import org.jspecify.annotations.Nullable;

/** What a stream has told of one request so far, and what it may tell next. */
final class StreamedRequest {

    private final @Nullable RequestFacts facts;
    private int attempt;
    private int seq = -1;
    /** What the client shows; null where it came in the middle, or where the topic has a hole. */
    private @Nullable StringBuilder text;

    private boolean gap;
    /** It was told of this attempt from its beginning, by the log and not from the record. */
    private boolean fromStart;

    StreamedRequest(@Nullable RequestFacts facts) {
        this.facts = facts;
    }

    /** Events may be missing from here on, and the client knows. */
    void gap() {
        gap = true;
        text = null;
        fromStart = false;
    }

    /** Takes an event that ends nothing; what is wrong with it, or null. */
    @Nullable
    String checkEvent(EventReceived event) {
        if (event.attempt() == null || event.seq() == null || event.attempt() == 0) {
            return null; // waiting has no numbers
        }
        if (event.attempt() < attempt) {
            return "attempt " + event.attempt() + " speaks after attempt " + attempt;
        }
        String wrong = event.attempt() > attempt ? begin(event) : goOn(event);
        seq = event.seq();
        return wrong == null && event.event().equals("delta") ? add(event) : wrong;
    }

    private @Nullable String begin(EventReceived event) {
        boolean starts = event.event().equals("started");
        boolean joins = attempt > 0 && event.event().equals("delta") && text != null;
        attempt = event.attempt() == null ? 0 : event.attempt();
        gap = gap && !starts;
        fromStart = starts && event.cursor() != null;
        text = starts ? new StringBuilder() : null;
        return joins ? "text of attempt " + attempt + " without its beginning, behind an older attempt's" : null;
    }

    private @Nullable String goOn(EventReceived event) {
        int now = event.seq() == null ? -1 : event.seq();
        if (now <= seq) {
            return "seq " + now + " of attempt " + attempt + " again, after " + seq;
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

    private @Nullable String add(EventReceived event) {
        if (text == null || event.text() == null) {
            return null;
        }
        boolean hole = facts != null && !facts.isComplete(attempt);
        int shown = text.codePointCount(0, text.length());
        if (event.pos() != null && event.pos() != shown) {
            text = null;
            return hole ? null : "text for place " + event.pos() + " where the client shows " + shown;
        }
        text = hole ? null : text.append(event.text());
        return null;
    }

    /** Takes the end; what is wrong with it, or null. */
    @Nullable
    String checkEnd(EventReceived event) {
        if (event.text() != null && text != null && !event.text().startsWith(text.toString())) {
            return "what was shown is no beginning of the answer: attempts were joined, or text was lost";
        }
        if (event.cursor() == null || !fromStart || gap || facts == null || !facts.isComplete(attempt)) {
            return null;
        }
        int missing = facts.nextSeq(attempt, seq + 1);
        return missing < 0 ? null : "seq " + missing + " of attempt " + attempt + " is missing before the end";
    }
}
