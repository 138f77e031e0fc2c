package io.turnlane.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class TimelinePrinterTest {

    private static List<String> printed(String json) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new TimelinePrinter(new PrintStream(bytes, true, StandardCharsets.UTF_8))
                .print(JsonMapper.shared().readTree(json));
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void printsALineForEachStepWithTheTimeSinceTheAcceptance() {
        assertThat(printed("""
                {"request_id": "r-1", "session_id": "s-1", "status": "completed", "agent": "kimi",
                 "accepted_at": "2026-11-21T06:00:00.000Z", "ended_at": "2026-11-21T06:00:03.000Z", "complete": true,
                 "steps": [
                  {"step": "accepted", "at": "2026-11-21T06:00:00.000Z", "gateway": "g-1", "detail": "limits passed: x"},
                  {"step": "attempt", "at": "2026-11-21T06:00:00.010Z", "until": "2026-11-21T06:00:00.510Z",
                   "attempt": 1, "processor": "p-1", "outcome": "failed", "detail": "agent_error"},
                  {"step": "model_call", "at": "2026-11-21T06:00:00.020Z", "until": "2026-11-21T06:00:00.220Z",
                   "attempt": 1, "name": "kimi/k2", "outcome": "fault"},
                  {"step": "retry", "at": "2026-11-21T06:00:00.510Z", "until": "2026-11-21T06:00:01.510Z",
                   "attempt": 1, "outcome": "agent_error"},
                  {"step": "ended", "at": "2026-11-21T06:00:03.000Z", "partition": 3, "offset": 17,
                   "outcome": "completed"},
                  {"step": "delivered", "name": "webhook", "outcome": "refused"}]}"""))
                .containsExactly(
                        "request   r-1",
                        "session   s-1",
                        "status    completed, agent kimi",
                        "",
                        "    +0.000 s  accepted     gateway g-1, limits passed: x",
                        "    +0.010 s  attempt      1, processor p-1, failed, 0.500 s, agent_error",
                        "    +0.020 s    model call kimi/k2, fault, 0.200 s",
                        "    +0.510 s  retry        agent_error, next attempt after 1.000 s",
                        "    +3.000 s  ended        partition 3, offset 17, completed",
                        "              delivered    webhook, refused");
    }

    @Test
    void saysWhyATurnWaits() {
        assertThat(printed("""
                {"request_id": "r-1", "session_id": "s-1", "status": "queued", "agent": "kimi", "route": "support",
                 "accepted_at": "2026-11-21T06:00:00.000Z", "steps": [],
                 "waiting": {"reason": "slot", "sentence": "It waits for a slot."}, "complete": true}"""))
                .containsExactly(
                        "request   r-1",
                        "session   s-1",
                        "status    queued, agent kimi of route support",
                        "waiting   It waits for a slot.",
                        "");
    }

    @Test
    void saysThatNobodyReceivedTheEndOrThatStepsCanBeMissing() {
        String ended = """
                {"request_id": "r-1", "session_id": "s-1", "status": "failed", "steps": [],
                 "accepted_at": "2026-11-21T06:00:00.000Z", "ended_at": "2026-11-21T06:00:01.000Z",
                 "complete": %s}""";
        assertThat(printed(ended.formatted(true))).endsWith("No client has received the end.");
        assertThat(printed(ended.formatted(false)))
                .endsWith("The log could not be read completely, so steps can be missing.");
    }

    @Test
    void printsNoControlCharactersOfAnAgent() {
        assertThat(printed("""
                {"request_id": "r-1", "session_id": "s-1", "status": "running",
                 "accepted_at": "2026-11-21T06:00:00.000Z",
                 "steps": [{"step": "stage", "at": "2026-11-21T06:00:00.000Z", "name": "a \\u001b[2J b"}]}""")).noneMatch(line -> line.contains("\u001b"));
    }
}
