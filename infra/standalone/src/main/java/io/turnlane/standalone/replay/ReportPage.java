package io.turnlane.standalone.replay;

import io.turnlane.model.Answer;
import io.turnlane.model.WireFormat;
import io.turnlane.model.json.Sha256;
import io.turnlane.processor.replay.ComparedTurn;
import io.turnlane.processor.replay.compare.TurnOutcome;
import io.turnlane.standalone.replay.SummaryBuilder.WorstTurn;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;
import java.util.List;
import java.util.Objects;

/**
 * The report as one HTML file, which contains its style, its script and its data, and loads nothing. The policy in the
 * file allows only this style and this script, so questions and answers cannot run code.
 */
final class ReportPage {

    /** Maximum length of a question or an answer in the report. The file of results has the complete texts. */
    private static final int MAX_TEXT = 20_000;

    private static final int MAX_ARTIFACT_BYTES = 20_000;

    private final WireFormat wire = new WireFormat();

    private record ReportTurn(ComparedTurn turn, boolean noise) {}

    /** Writes the report of the worst turns into the folder. */
    void write(ReplayFolder folder, ReplaySummary summary, List<WorstTurn> turns) throws IOException {
        Path fresh = folder.path().resolve("report.html.new");
        try (BufferedWriter out = Files.newBufferedWriter(fresh)) {
            write(out, folder, summary, turns);
        }
        Files.move(
                fresh,
                folder.path().resolve("report.html"),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    private void write(Writer out, ReplayFolder folder, ReplaySummary summary, List<WorstTurn> turns)
            throws IOException {
        String style = resource("report.css");
        String script = resource("report.js");
        String[] page = resource("report.html")
                .replace("{{style-hash}}", hash(style))
                .replace("{{script-hash}}", hash(script))
                .replace("{{style}}", style)
                .split("\\{\\{data}}", 2);
        out.write(page[0]);
        out.write("{\"summary\":");
        out.write(json(summary));
        out.write(",\"turns\":[");
        String separator = "\n";
        for (WorstTurn position : turns) {
            ComparedTurn turn = folder.read(position.offset(), position.length());
            if (turn != null) {
                out.write(separator);
                out.write(json(new ReportTurn(cut(turn), turn.withinNoise())));
                separator = ",\n";
            }
        }
        out.write("]}");
        out.write(page[1].replace("{{script}}", script));
    }

    /** Returns JSON that cannot end its HTML element. */
    private String json(Object value) {
        return new String(wire.writeValue(value), StandardCharsets.UTF_8)
                .replace("<", "\\u003c")
                .replace("\u2028", "\\u2028")
                .replace("\u2029", "\\u2029");
    }

    private static String hash(String text) {
        return "sha256-" + Base64.getEncoder().encodeToString(Sha256.of(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(ReportPage.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private ComparedTurn cut(ComparedTurn turn) {
        return new ComparedTurn(
                turn.requestId(),
                turn.sessionId(),
                turn.userId(),
                turn.agent(),
                turn.candidate(),
                turn.askedAt(),
                turn.partition(),
                turn.offset(),
                cut(turn.question()),
                turn.history(),
                turn.missingTurns(),
                cut(turn.recorded()),
                turn.baseline() == null ? null : cut(turn.baseline()),
                cut(turn.replayed()),
                turn.differences(),
                turn.baselineDifferences(),
                null);
    }

    private TurnOutcome cut(TurnOutcome outcome) {
        Answer answer = outcome.answer();
        if (answer == null) {
            return outcome;
        }
        boolean tooLarge = wire.writeValue(answer.artifacts()).length > MAX_ARTIFACT_BYTES;
        return new TurnOutcome(
                new Answer(
                        cut(answer.text()),
                        answer.confidence(),
                        answer.sources(),
                        tooLarge ? List.of() : answer.artifacts(),
                        answer.suggestions(),
                        answer.toolCalls(),
                        answer.usage()),
                null,
                outcome.usage(),
                outcome.tools(),
                outcome.latencyMs());
    }

    private static String cut(String text) {
        return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + " …";
    }
}
