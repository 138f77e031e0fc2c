package io.turnlane.chaos.check.rule;

import io.turnlane.chaos.check.facts.Facts;
import io.turnlane.chaos.check.finding.Findings;
import io.turnlane.chaos.check.finding.Invariant;
import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.history.RunFolder.Located;
import io.turnlane.chaos.history.TopicRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks I2: a question that its client posted several times does not have too many turns in the log. If the posts
 * carry an idempotency key, the question has at most one turn, and all responses name the same request. Without a key,
 * it has at most one turn for each post that was not rejected. The canary identifies the question.
 */
final class AskRule implements Rule {

    /** Posts and turns of one question. */
    private static final class PostedQuestion {
        private final String session;
        private @Nullable String firstPost;
        private @Nullable String key;
        private int posts;
        private int rejections;
        /** Request ids in the log, with their location in the files. */
        private final Map<String, String> logged = new LinkedHashMap<>();

        PostedQuestion(String session) {
            this.session = session;
        }

        int maxTurns() {
            int open = posts - rejections;
            return key == null ? open : Math.min(1, open);
        }
    }

    private record KeyedRequest(String request, String where) {}

    private final Findings findings;
    private final Map<String, PostedQuestion> questions = new HashMap<>();
    private final Map<String, KeyedRequest> keys = new HashMap<>();

    AskRule(Findings findings) {
        this.findings = findings;
    }

    @Override
    public void onTurn(Located<TopicRecord> turn) {
        TopicRecord record = turn.line();
        if (record.canary() != null && record.request() != null && record.key() != null) {
            String session = Facts.sessionOf(record.key());
            question(record.canary(), session).logged.putIfAbsent(record.request(), turn.where());
        }
    }

    @Override
    public void onHistory(Located<HistoryLine> line) {
        switch (line.line()) {
            case HistoryLine.QuestionPosted ask -> {
                PostedQuestion question = question(ask.canary(), ask.session());
                question.posts++;
                question.key = ask.key();
                if (question.firstPost == null) {
                    question.firstPost = line.where();
                }
            }
            case HistoryLine.QuestionRejected rejected -> question(rejected.canary(), rejected.session()).rejections++;
            case HistoryLine.QuestionAccepted ok -> checkOneRequest(ok.session(), ok.key(), ok.request(), line.where());
            case HistoryLine.QuestionUnresolved open ->
                checkOneRequest(open.session(), open.key(), open.request(), line.where());
            default -> {}
        }
    }

    private void checkOneRequest(String session, @Nullable String key, @Nullable String request, String where) {
        if (key == null || request == null) {
            return;
        }
        findings.checked(Invariant.I2);
        KeyedRequest first = keys.putIfAbsent(key, new KeyedRequest(request, where));
        if (first != null && !first.request().equals(request)) {
            String what = "one key led to two requests; the other is " + first.request();
            findings.violated(Invariant.I2, session, request, what, first.where(), where);
        }
    }

    @Override
    public void finish() {
        questions.forEach(this::check);
    }

    private void check(String canary, PostedQuestion question) {
        findings.checked(Invariant.I2);
        if (question.logged.size() <= question.maxTurns()) {
            return;
        }
        String what = question.posts == 0
                ? "no client posted " + canary + ", but it is in the log"
                : question.maxTurns() == 0
                        ? canary + " was rejected, but it is in the log"
                        : canary + " led to " + question.logged.size() + " turns, but at most " + question.maxTurns()
                                + " were possible";
        findings.violated(
                Invariant.I2,
                question.session,
                question.logged.keySet().iterator().next(),
                what,
                evidence(question));
    }

    private static String[] evidence(PostedQuestion question) {
        List<String> lines = new ArrayList<>(question.logged.values());
        if (question.firstPost != null) {
            lines.addFirst(question.firstPost);
        }
        return lines.toArray(String[]::new);
    }

    private PostedQuestion question(String canary, String session) {
        return questions.computeIfAbsent(canary, _ -> new PostedQuestion(session));
    }
}
