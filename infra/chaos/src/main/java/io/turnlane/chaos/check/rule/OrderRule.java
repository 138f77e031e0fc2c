package io.turnlane.chaos.check.rule;

import io.turnlane.chaos.check.facts.Facts;
import io.turnlane.chaos.check.facts.RequestFacts;
import io.turnlane.chaos.check.facts.RequestFacts.FirstAcceptance;
import io.turnlane.chaos.check.facts.RequestFacts.LoggedQuestion;
import io.turnlane.chaos.check.facts.RequestFacts.RequestEnd;
import io.turnlane.chaos.check.facts.SessionFacts;
import io.turnlane.chaos.check.finding.Findings;
import io.turnlane.chaos.check.finding.Invariant;
import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.history.RunFolder.Located;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Checks I3, which has four requirements:
 *
 * <ul>
 *   <li>All accepted questions of a session are on one partition.
 *   <li>A question that was posted after another one of its session was accepted has a higher offset.
 *   <li>Completed and failed turns end in log order, with the exceptions of {@link RequestEnd#followsLogOrder}.
 *   <li>The events of an attempt have consecutive sequence numbers, unless a fault possibly prevented some of them from
 *       reaching the broker.
 * </ul>
 */
final class OrderRule implements Rule {

    private record FirstPost(long time, String where) {}

    private final Facts facts;
    private final Findings findings;
    /** First post of each question, by canary. */
    private final Map<String, FirstPost> posts = new HashMap<>();

    OrderRule(Facts facts, Findings findings) {
        this.facts = facts;
        this.findings = findings;
    }

    @Override
    public void onHistory(Located<HistoryLine> line) {
        if (line.line() instanceof HistoryLine.QuestionPosted ask) {
            posts.merge(ask.canary(), new FirstPost(ask.time(), line.where()), (a, b) -> a.time() <= b.time() ? a : b);
        }
    }

    @Override
    public void finish() {
        for (SessionFacts session : facts.sessions()) {
            List<RequestFacts> requests = session.requests();
            checkOnePartition(requests);
            checkAcceptanceOrder(requests);
            checkEndOrder(requests);
            requests.forEach(this::checkMissingEvents);
        }
    }

    private void checkOnePartition(List<RequestFacts> logged) {
        List<RequestFacts> requests =
                logged.stream().filter(request -> request.accepted() != null).toList();
        for (RequestFacts request : requests) {
            LoggedQuestion first = logged(requests.getFirst());
            LoggedQuestion other = logged(request);
            if (first.partition() != other.partition()) {
                violated(request, "its session is on two partitions", first.where(), other.where());
                return;
            }
        }
    }

    /**
     * Checks that each question has a higher offset than all questions of its session that were accepted before its
     * first post.
     */
    private void checkAcceptanceOrder(List<RequestFacts> requests) {
        List<RequestFacts> byPost = requests.stream()
                .filter(request -> post(request) != null)
                .sorted(Comparator.comparingLong(
                        request -> Objects.requireNonNull(post(request)).time()))
                .toList();
        List<RequestFacts> byAcceptance = requests.stream()
                .filter(request -> request.accepted() != null)
                .sorted(Comparator.comparingLong(
                        request -> Objects.requireNonNull(request.accepted()).time()))
                .toList();
        int next = 0;
        RequestFacts highest = null;
        for (RequestFacts request : byPost) {
            findings.checked(Invariant.I3);
            FirstPost post = Objects.requireNonNull(post(request));
            while (next < byAcceptance.size()
                    && acceptance(byAcceptance.get(next)).time() < post.time()) {
                RequestFacts accepted = byAcceptance.get(next++);
                highest = highest == null || offset(accepted) > offset(highest) ? accepted : highest;
            }
            if (highest != null && offset(highest) > offset(request)) {
                String what = "was asked after " + highest.id() + " was accepted, but precedes it in the log";
                violated(request, what, post.where(), acceptance(highest).where());
            }
        }
    }

    private void checkEndOrder(List<RequestFacts> requests) {
        RequestFacts latest = null;
        for (RequestFacts request : requests) {
            RequestEnd end = request.end();
            if (end == null || !end.followsLogOrder()) {
                continue;
            }
            findings.checked(Invariant.I3);
            RequestEnd before = latest == null ? null : latest.end();
            if (latest != null && before != null && before.offset() > end.offset()) {
                violated(request, "ended before the earlier turn " + latest.id(), end.where(), before.where());
            } else {
                latest = request;
            }
        }
    }

    private void checkMissingEvents(RequestFacts request) {
        RequestEnd end = request.end();
        long until = end == null ? Long.MAX_VALUE : end.timestamp();
        for (int attempt : request.attempts()) {
            findings.checked(Invariant.I3);
            if (!request.isComplete(attempt)
                    && !facts.losses().mayHaveLostEvents(logged(request).timestamp(), until)) {
                violated(
                        request,
                        "attempt " + attempt + " has missing events",
                        logged(request).where());
            }
        }
    }

    private void violated(RequestFacts request, String what, String... evidence) {
        findings.violated(Invariant.I3, request.session(), request.id(), what, evidence);
    }

    private @Nullable FirstPost post(RequestFacts request) {
        return request.canary() == null ? null : posts.get(request.canary());
    }

    private static LoggedQuestion logged(RequestFacts request) {
        return Objects.requireNonNull(request.logged());
    }

    private static long offset(RequestFacts request) {
        LoggedQuestion logged = request.logged();
        return logged == null ? -1 : logged.offset();
    }

    private static FirstAcceptance acceptance(RequestFacts request) {
        return Objects.requireNonNull(request.accepted());
    }
}
