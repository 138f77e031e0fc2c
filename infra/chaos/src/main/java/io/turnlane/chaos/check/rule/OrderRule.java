package io.turnlane.chaos.check.rule;

import io.turnlane.chaos.check.facts.Facts;
import io.turnlane.chaos.check.facts.RequestFacts;
import io.turnlane.chaos.check.facts.RequestFacts.Acceptance;
import io.turnlane.chaos.check.facts.RequestFacts.End;
import io.turnlane.chaos.check.facts.RequestFacts.Logged;
import io.turnlane.chaos.check.facts.SessionFacts;
import io.turnlane.chaos.check.finding.Findings;
import io.turnlane.chaos.check.finding.Invariant;
import io.turnlane.chaos.history.Line;
import io.turnlane.chaos.history.RunFolder.Located;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * I3: a question that is posted after another one's 202 stands behind it in the log; completed and failed come in the
 * log's order; the events of an attempt are numbered without a hole, where nothing kept them from the broker.
 */
final class OrderRule implements Rule {

    private record Post(long time, String where) {}

    private final Facts facts;
    private final Findings findings;
    /** The first post of each question, by canary. */
    private final Map<String, Post> posts = new HashMap<>();

    OrderRule(Facts facts, Findings findings) {
        this.facts = facts;
        this.findings = findings;
    }

    @Override
    public void history(Located<Line> line) {
        if (line.line() instanceof Line.Asked ask) {
            posts.merge(ask.canary(), new Post(ask.time(), line.where()), (a, b) -> a.time() <= b.time() ? a : b);
        }
    }

    @Override
    public void finish() {
        for (SessionFacts session : facts.sessions()) {
            List<RequestFacts> requests = session.requests();
            onePartition(requests);
            acceptedInOrder(requests);
            endedInOrder(requests);
            requests.forEach(this::withoutHoles);
        }
    }

    private void onePartition(List<RequestFacts> requests) {
        for (RequestFacts request : requests) {
            Logged first = logged(requests.getFirst());
            Logged other = logged(request);
            if (first.partition() != other.partition()) {
                violated(request, "its session is on two partitions", first.where(), other.where());
                return;
            }
        }
    }

    /** Sweeps the posts by time, with the highest offset that was acknowledged before each. */
    private void acceptedInOrder(List<RequestFacts> requests) {
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
            Post post = Objects.requireNonNull(post(request));
            while (next < byAcceptance.size()
                    && acceptance(byAcceptance.get(next)).time() < post.time()) {
                RequestFacts accepted = byAcceptance.get(next++);
                highest = highest == null || offset(accepted) > offset(highest) ? accepted : highest;
            }
            if (highest != null && offset(highest) > offset(request)) {
                String what = "was asked after " + highest.id() + " was accepted, and is before it in the log";
                violated(request, what, post.where(), acceptance(highest).where());
            }
        }
    }

    private void endedInOrder(List<RequestFacts> requests) {
        RequestFacts latest = null;
        for (RequestFacts request : requests) {
            End end = request.end();
            if (end == null || !end.inOrder()) {
                continue;
            }
            findings.checked(Invariant.I3);
            End before = latest == null ? null : latest.end();
            if (latest != null && before != null && before.offset() > end.offset()) {
                violated(request, "ended before the earlier " + latest.id(), end.where(), before.where());
            } else {
                latest = request;
            }
        }
    }

    private void withoutHoles(RequestFacts request) {
        End end = request.end();
        long until = end == null ? Long.MAX_VALUE : end.timestamp();
        for (int attempt : request.attempts()) {
            findings.checked(Invariant.I3);
            if (!request.whole(attempt)
                    && !facts.losses().mayHaveDropped(logged(request).timestamp(), until)) {
                violated(
                        request,
                        "attempt " + attempt + " has a hole in its events",
                        logged(request).where());
            }
        }
    }

    private void violated(RequestFacts request, String what, String... evidence) {
        findings.violated(Invariant.I3, request.session(), request.id(), what, evidence);
    }

    private @Nullable Post post(RequestFacts request) {
        return request.canary() == null ? null : posts.get(request.canary());
    }

    private static Logged logged(RequestFacts request) {
        return Objects.requireNonNull(request.logged());
    }

    private static long offset(RequestFacts request) {
        Logged logged = request.logged();
        return logged == null ? -1 : logged.offset();
    }

    private static Acceptance acceptance(RequestFacts request) {
        return Objects.requireNonNull(request.accepted());
    }
}
