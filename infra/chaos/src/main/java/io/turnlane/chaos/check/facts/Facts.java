package io.turnlane.chaos.check.facts;

import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.history.RunDescription;
import io.turnlane.chaos.history.RunFolder;
import io.turnlane.chaos.history.RunFolder.Located;
import io.turnlane.chaos.history.TopicRecord;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Requests and sessions of a run, collected in one pass over the topics and one pass over the history. Uses a few
 * hundred bytes per request, and keeps only the texts of terminal events. Used only by the checking thread.
 */
public final class Facts {

    private final RunDescription run;
    private final Losses losses = new Losses();
    private final Map<String, RequestFacts> requests = new LinkedHashMap<>();
    private final Map<String, RequestFacts> byCanary = new HashMap<>();
    private final Map<String, SessionFacts> sessions = new LinkedHashMap<>();

    private Facts(RunDescription run) {
        this.run = run;
    }

    /** Collects the facts of a run. */
    public static Facts of(RunFolder folder) {
        Facts facts = new Facts(folder.describe());
        folder.readTopic(folder.turns(), facts::turn);
        folder.readTopic(folder.events(), facts::event);
        folder.readTopic(folder.quarantine(), facts::quarantined);
        folder.readHistory(facts::history);
        facts.losses.closeOpenFaults();
        facts.sessions.values().forEach(SessionFacts::sort);
        return facts;
    }

    /** Returns the client's session id in a Kafka key. */
    public static String sessionOf(String key) {
        return key.substring(key.indexOf(':') + 1);
    }

    private void turn(Located<TopicRecord> turn) {
        TopicRecord record = turn.line();
        if (record.key() == null || record.request() == null) {
            return;
        }
        SessionFacts session = session(sessionOf(record.key()));
        if ("delete_session".equals(record.type())) {
            session.deleted(record.offset());
        } else if ("ask".equals(record.type())) {
            RequestFacts request = request(record.request(), session.name());
            if (request.logged() == null) {
                session.logged(request);
            }
            request.logged(turn, session.name());
            if (record.canary() != null) {
                byCanary.putIfAbsent(record.canary(), request);
            }
        }
    }

    private void event(Located<TopicRecord> event) {
        TopicRecord record = event.line();
        if (record.key() != null && record.request() != null) {
            request(record.request(), sessionOf(record.key())).addEvent(event);
        }
    }

    private void quarantined(Located<TopicRecord> quarantined) {
        RequestFacts known = find(quarantined.line().request());
        if (known != null) {
            known.quarantined(quarantined.line().timestamp());
        }
    }

    private void history(Located<HistoryLine> line) {
        switch (line.line()) {
            case HistoryLine.QuestionAccepted ok ->
                request(ok.request(), ok.session()).accepted(ok.time(), line.where(), ok.canary());
            case HistoryLine.FaultBegan fault -> losses.began(fault);
            case HistoryLine.FaultHealed heal -> losses.healed(heal);
            default -> {
                // The facts need no other lines; the rules read them.
            }
        }
    }

    private RequestFacts request(String id, String session) {
        return requests.computeIfAbsent(id, _ -> new RequestFacts(id, session));
    }

    private SessionFacts session(String name) {
        return sessions.computeIfAbsent(name, SessionFacts::new);
    }

    public RunDescription run() {
        return run;
    }

    public Losses losses() {
        return losses;
    }

    public @Nullable RequestFacts find(@Nullable String request) {
        return request == null ? null : requests.get(request);
    }

    /**
     * Returns the request in the log whose question contains this canary (the unique word of a question), or null if
     * there is none.
     */
    public @Nullable RequestFacts findByCanary(String canary) {
        return byCanary.get(canary);
    }

    public @Nullable SessionFacts findSession(String name) {
        return sessions.get(name);
    }

    public Collection<RequestFacts> requests() {
        return requests.values();
    }

    public Collection<SessionFacts> sessions() {
        return sessions.values();
    }
}
