package io.turnlane.processor.agent.remote;

import io.turnlane.model.ToolOutcome;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tool calls that an agent reports while it answers. A call lasts until its result. If the agent reports no result, the
 * call lasts until the last part of the call itself. Used by one thread.
 */
final class ReportedToolCalls {

    private final AnswerText answer;
    private final Map<String, ReportedCall> calls = new LinkedHashMap<>();

    private record ReportedCall(String tool, long start, long last) {

        ReportedCall now() {
            return new ReportedCall(tool, start, System.nanoTime());
        }
    }

    ReportedToolCalls(AnswerText answer) {
        this.answer = answer;
    }

    void start(String id, String tool) {
        long now = System.nanoTime();
        if (calls.putIfAbsent(id, new ReportedCall(tool, now, now)) == null) {
            answer.stage("calling " + tool);
        }
    }

    /** Notes a further part of the call. Has no effect if the call is unknown. */
    void continues(String id) {
        calls.computeIfPresent(id, (_, call) -> call.now());
    }

    /** Reports the end of the call. Has no effect if the call is unknown, or if its end was reported before. */
    void end(String id, ToolOutcome outcome) {
        ReportedCall call = calls.remove(id);
        report(call == null ? null : call.now(), outcome);
    }

    /** Reports the end of all calls for which the agent has sent no result. */
    void endAll() {
        calls.values().forEach(call -> report(call, ToolOutcome.COMPLETED));
        calls.clear();
    }

    private void report(@Nullable ReportedCall call, ToolOutcome outcome) {
        if (call != null) {
            answer.toolCall(call.tool(), Duration.ofNanos(call.last() - call.start()), outcome);
        }
    }
}
