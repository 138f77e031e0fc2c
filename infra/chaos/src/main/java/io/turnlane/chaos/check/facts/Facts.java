package io.turnlane.chaos.check.facts;

import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.history.HistoryLine.FaultBegan;
import io.turnlane.chaos.history.HistoryLine.StreamResumed;
import io.turnlane.chaos.history.RunDescription;
import io.turnlane.chaos.history.RunFolder;
import io.turnlane.chaos.history.RunFolder.Located;
import io.turnlane.chaos.history.TopicRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Requests, sessions, faults and activity of a run, collected in one pass over each file except the memory. The rules
 * of the checker, the report and the requirements of scenarios all use these facts. Uses a few hundred bytes per
 * request, and keeps only the texts of terminal events. Used only by the checking thread.
 */
public final class Facts {

    private final RunDescription run;
    private final Map<String, RequestFacts> requests = new LinkedHashMap<>();
    private final Map<String, RequestFacts> byCanary = new HashMap<>();
    private final Map<String, SessionFacts> sessions = new LinkedHashMap<>();
    private final Map<String, FaultBegan> openFaults = new LinkedHashMap<>();
    private final List<FaultWindow> faults = new ArrayList<>();
    private final List<StreamResumed> resumptions = new ArrayList<>();
    private final Activity activity = new Activity();
    private int quarantineRecords;

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
        folder.readAgents(facts::agent);
        facts.openFaults.values().forEach(fault -> facts.faults.add(new FaultWindow(fault, FaultWindow.NEVER, 0)));
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
        quarantineRecords++;
        RequestFacts known = find(quarantined.line().request());
        if (known != null) {
            known.quarantined(quarantined.line().timestamp());
        }
    }

    private void history(Located<HistoryLine> line) {
        activity.note(line.line());
        switch (line.line()) {
            case HistoryLine.QuestionAccepted ok ->
                request(ok.request(), ok.session()).accepted(ok.time(), line.where(), ok.canary());
            case HistoryLine.EventReceived event
            when HistoryLine.isTerminal(event.event()) -> endSeen(event.request(), event.time());
            case HistoryLine.StatusPolled poll
            when HistoryLine.isTerminal(poll.status()) -> endSeen(poll.request(), poll.time());
            case StreamResumed resumption -> resumptions.add(resumption);
            case FaultBegan fault -> openFaults.put(fault.id(), fault);
            case HistoryLine.FaultHealed heal -> {
                FaultBegan fault = openFaults.remove(heal.id());
                if (fault != null) {
                    faults.add(new FaultWindow(fault, heal.time(), heal.hits()));
                }
            }
            default -> {
                // The facts need no other lines; the rules read them.
            }
        }
    }

    private void endSeen(@Nullable String request, long at) {
        RequestFacts known = find(request);
        if (known != null) {
            known.endSeen(at);
        }
    }

    private void agent(Located<HistoryLine> line) {
        activity.note(line.line());
        if (line.line() instanceof HistoryLine.AgentEntered call) {
            RequestFacts known = find(call.request());
            if (known != null) {
                known.agentCalled(call.time());
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
        return new Losses(faults);
    }

    public Activity activity() {
        return activity;
    }

    /** Returns the number of records in quarantine. */
    public int quarantineRecords() {
        return quarantineRecords;
    }

    /** Returns all faults of the run. */
    public List<FaultWindow> faults() {
        return faults;
    }

    /**
     * Returns the recovery times of a fault, in microseconds. For a fault of a gateway, each recovery time lasts from
     * the break of a stream during the fault until a gateway served the stream again. For any other fault, it lasts
     * from the beginning of the fault until a turn that the fault hit continued: an agent was called for it, or a
     * client saw its end.
     */
    public List<Long> recoveryTimes(FaultWindow fault) {
        if (fault.target().startsWith("gateway-")) {
            return resumptions.stream()
                    .filter(resumption -> fault.overlaps(resumption.cutAt(), resumption.cutAt()))
                    .map(resumption -> resumption.time() - resumption.cutAt())
                    .toList();
        }
        return fault.fault().turns().stream()
                .flatMap(turn -> Stream.ofNullable(find(turn)))
                .flatMap(turn -> turn.continuedAfter(fault.began()).stream())
                .map(continued -> continued - fault.began())
                .toList();
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
