package io.turnlane.processor.agent.tool;

import dev.langchain4j.agent.tool.ToolSpecification;
import io.turnlane.model.ToolOutcome;
import io.turnlane.processor.agent.AnswerSink;
import io.turnlane.processor.agent.CurrentTurn;
import io.turnlane.trace.SpanRole;
import io.turnlane.trace.TraceSpan;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tools that one agent may call. Several turns can use the same object at the same time. */
public final class AllowedTools {

    private static final Logger log = LoggerFactory.getLogger(AllowedTools.class);

    private static final String REST_OMITTED = "\n[The rest of the result is omitted.]";

    private final Map<String, ToolMethod> tools;
    private final ToolLimits limits;

    AllowedTools(Map<String, ToolMethod> tools, ToolLimits limits) {
        this.tools = new LinkedHashMap<>(tools);
        this.limits = limits;
    }

    /** Returns what a model needs to know about the tools. */
    public List<ToolSpecification> specifications() {
        return tools.values().stream().map(ToolMethod::specification).toList();
    }

    /**
     * Calls a tool, and waits for its result at most as long as the limits allow. Sends the call and the artifacts of
     * its result to the sink.
     *
     * @param arguments JSON object
     * @throws InterruptedException if the thread is interrupted; the tool is interrupted, too
     */
    public ToolReply call(String name, String arguments, AnswerSink sink) throws InterruptedException {
        long start = System.nanoTime();
        ToolReply reply = callInSpan(name, arguments);
        sink.toolCall(name, Duration.ofNanos(System.nanoTime() - start), reply.outcome());
        reply.artifacts().forEach(sink::artifact);
        return reply;
    }

    /** Records the call without its arguments and its result. A name that no tool has can contain any text. */
    private ToolReply callInSpan(String name, String arguments) throws InterruptedException {
        String tool = tools.containsKey(name) ? name : "";
        try (TraceSpan span = CurrentTurn.currentSpan().child(SpanRole.INTERNAL, "execute_tool", tool)) {
            span.set("gen_ai.operation.name", "execute_tool")
                    .set("gen_ai.tool.name", tool)
                    .set("gen_ai.tool.type", "function");
            ToolReply reply = call(name, arguments);
            if (reply.outcome() != ToolOutcome.COMPLETED) {
                span.failed(reply.outcome().wire());
            }
            return reply;
        }
    }

    private ToolReply call(String name, String arguments) throws InterruptedException {
        ToolMethod tool = tools.get(name);
        if (tool == null) {
            return ToolReply.without(
                    ToolOutcome.NOT_ALLOWED, "There is no tool with this name. Answer the question without it.");
        }
        @Nullable Object[] values;
        try {
            values = tool.arguments(arguments);
        } catch (IllegalArgumentException e) {
            return ToolReply.without(ToolOutcome.INVALID, "The arguments are not valid: " + cut(e.getMessage()));
        }
        try {
            ToolResult result = run(tool, values);
            return new ToolReply(ToolOutcome.COMPLETED, cut(result.text()), result.artifacts());
        } catch (TimeoutException e) {
            return ToolReply.without(ToolOutcome.TIMED_OUT, "The tool did not answer in time.");
        } catch (ExecutionException e) {
            return e.getCause() instanceof IllegalArgumentException rejected
                    ? ToolReply.without(
                            ToolOutcome.INVALID, "The arguments are not valid: " + cut(rejected.getMessage()))
                    : failed(name, e.getCause());
        }
    }

    /** Runs the tool on a thread of its own, which is interrupted and abandoned if it has not ended in time. */
    private ToolResult run(ToolMethod tool, @Nullable Object[] values)
            throws InterruptedException, ExecutionException, TimeoutException {
        FutureTask<ToolResult> task = new FutureTask<>(inCurrentTurn(() -> tool.call(values)));
        Thread thread = Thread.ofVirtual().name("tool " + tool.name()).unstarted(task);
        thread.setContextClassLoader(tool.classLoader()); // libraries find their services through it
        thread.start();
        try {
            return task.get(limits.timeout().toNanos(), TimeUnit.NANOSECONDS);
        } finally {
            task.cancel(true); // has no effect if the tool has ended
        }
    }

    private static <T> Callable<T> inCurrentTurn(Callable<T> call) {
        Optional<CurrentTurn> turn = CurrentTurn.get();
        return turn.isEmpty() ? call : () -> turn.get().call(call);
    }

    /** Logs no message, because it can quote the arguments, and thereby the question. */
    private static ToolReply failed(String name, @Nullable Throwable cause) {
        StackTraceElement[] trace = cause == null ? new StackTraceElement[0] : cause.getStackTrace();
        log.atWarn()
                .addKeyValue("tool", name)
                .addKeyValue(
                        "error", cause == null ? "unknown" : cause.getClass().getName())
                .addKeyValue("at", trace.length == 0 ? "unknown" : trace[0])
                .log("tool failed");
        return ToolReply.without(ToolOutcome.FAILED, "The tool failed.");
    }

    private String cut(@Nullable String text) {
        byte[] bytes = String.valueOf(text).getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= limits.resultBytes()) {
            return String.valueOf(text);
        }
        int end = limits.resultBytes();
        while (end > 0 && (bytes[end] & 0xC0) == 0x80) { // a character of several bytes is not split
            end--;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8) + REST_OMITTED;
    }
}
