package io.turnlane.processor.turn;

import io.turnlane.model.AgentStates;
import io.turnlane.model.Answer;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.Source;
import io.turnlane.model.ToolCall;
import io.turnlane.model.ToolOutcome;
import io.turnlane.model.ToolStep;
import io.turnlane.model.ToolStep.ToolUse;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.Usage;
import io.turnlane.model.WireFormat;
import io.turnlane.model.json.JsonLimits;
import io.turnlane.processor.agent.AnswerSink;
import io.turnlane.processor.agent.TerminalAgentException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Output of an agent. Agents can send or return values that JSON cannot express. This class changes each of them to the
 * nearest value within {@link JsonLimits}, so that every answer can be stored, streamed, exported and imported.
 * Discards everything that the agent sends after its flight was cancelled.
 *
 * <p>Two deltas may each contain one half of a surrogate pair. The first half is kept until the next delta arrives.
 *
 * <p>Only the agent's thread calls this object, except {@link #changedStates} and {@link #keptSteps}.
 */
final class AgentOutput implements AnswerSink {

    /** Maximum length of a stage, of the name of a tool and of the message of an error, in characters. */
    private static final int MAX_LINE_LENGTH = 500;

    private final AnswerSink sink;
    private final Flight flight;
    private final WireFormat wire;
    private final AttemptUsage usage;
    private final String agent;
    private final AgentStates before;
    private final List<ToolCall> toolCalls = new ArrayList<>();
    private AgentStates states;
    private @Nullable String stateFault;
    private List<ToolStep> keptSteps = List.of();
    private String firstHalf = "";

    /**
     * Creates the output of one call.
     *
     * @param usage collects the usage of the call
     * @param agent name of the agent
     * @param before states of the session's agents before the call
     */
    AgentOutput(AnswerSink sink, Flight flight, WireFormat wire, AttemptUsage usage, String agent, AgentStates before) {
        this.sink = sink;
        this.flight = flight;
        this.wire = wire;
        this.usage = usage;
        this.agent = agent;
        this.before = before;
        this.states = before;
    }

    @Override
    public void stage(String stage) {
        if (!flight.isCancelled()) {
            sink.stage(line(stage));
        }
    }

    @Override
    public void delta(String text) {
        String complete = firstHalf.concat(text);
        boolean isSplit = !complete.isEmpty() && Character.isHighSurrogate(complete.charAt(complete.length() - 1));
        int end = isSplit ? complete.length() - 1 : complete.length();
        firstHalf = complete.substring(end);
        send(complete.substring(0, end));
    }

    private void send(String text) {
        if (!text.isEmpty() && !flight.isCancelled()) {
            sink.delta(JsonLimits.wellFormed(text));
        }
    }

    @Override
    public void artifact(Map<String, Object> artifact) {
        if (!flight.isCancelled()) {
            sink.artifact(repaired(artifact));
        }
    }

    @Override
    public void toolCall(String tool, Duration duration, ToolOutcome outcome) {
        if (flight.isCancelled()) {
            return;
        }
        ToolCall call = new ToolCall(line(tool), duration, outcome);
        sink.toolCall(call.tool(), duration, outcome);
        if (toolCalls.size() < Answer.MAX_TOOL_CALLS) {
            toolCalls.add(call);
        }
    }

    /** Keeps a copy, because the agent may change its object. */
    @Override
    public void state(Map<String, Object> state) {
        try {
            states = before.with(agent, wire.readObject(wire.writeValue(JsonLimits.check(state))));
            stateFault = null;
        } catch (IllegalArgumentException | UnreadableRecordException e) {
            stateFault = String.valueOf(e.getMessage());
        }
    }

    /** Keeps the newest steps that fit. */
    @Override
    public void keep(ToolStep step) {
        List<ToolStep> steps = new ArrayList<>(keptSteps);
        steps.add(repaired(step));
        keptSteps = ToolStep.newestThatFit(steps, wire);
    }

    /** Returns the steps that the session's history keeps. Called after {@link #complete}. */
    List<ToolStep> keptSteps() {
        return keptSteps;
    }

    /**
     * Returns the states of the session's agents if the agent has changed its state; otherwise null. Called after
     * {@link #complete}.
     */
    @Nullable
    AgentStates changedStates() {
        return states.equals(before) ? null : states;
    }

    /** Counts the usage even if the flight was cancelled. */
    @Override
    public void usage(String provider, Usage ofCall) {
        usage.add(provider, ofCall);
    }

    /** Reports the call even if the flight was cancelled. */
    @Override
    public void modelCall(
            String provider, String model, Duration waited, Duration duration, String outcome, Usage ofCall) {
        sink.modelCall(line(provider), line(model), waited, duration, outcome, ofCall);
    }

    /**
     * Sends a kept half of a surrogate pair and returns the answer within {@link JsonLimits}, with the calls of tools.
     * Called after the agent has returned.
     *
     * @throws TerminalAgentException if the agent has set an invalid state or one that is too large
     */
    Answer complete(Answer answer) throws TerminalAgentException {
        usage.addAnswered(answer.usage());
        if (stateFault != null) {
            throw new TerminalAgentException(
                    ErrorCode.INVALID_STATE, "The agent set a state that is not valid: " + stateFault + ".");
        }
        if (states.isTooLarge(wire)) {
            throw new TerminalAgentException(
                    ErrorCode.STATE_TOO_LARGE,
                    "The states of the session's agents would have more than " + AgentStates.MAX_BYTES
                            + " bytes of JSON together.");
        }
        send(firstHalf);
        firstHalf = "";
        return new Answer(
                JsonLimits.wellFormed(answer.text()),
                answer.confidence(),
                answer.sources().stream().map(AgentOutput::repaired).toList(),
                answer.artifacts().stream().map(this::repaired).toList(),
                answer.suggestions().stream().map(JsonLimits::wellFormed).toList(),
                toolCalls,
                answer.usage());
    }

    /** Returns the text as valid Unicode, cut to {@value #MAX_LINE_LENGTH} characters. */
    static String line(@Nullable String text) {
        String all = String.valueOf(text);
        return JsonLimits.wellFormed(
                all.length() <= MAX_LINE_LENGTH ? all : all.substring(0, MAX_LINE_LENGTH - 1) + "…");
    }

    private static ToolStep repaired(ToolStep step) {
        return new ToolStep(
                step.reasoning() == null ? null : JsonLimits.wellFormed(step.reasoning()),
                step.calls().stream()
                        .map(call -> new ToolUse(
                                call.id() == null ? null : JsonLimits.wellFormed(call.id()),
                                JsonLimits.wellFormed(call.tool()),
                                JsonLimits.wellFormed(call.arguments()),
                                JsonLimits.wellFormed(call.result())))
                        .toList());
    }

    private static Source repaired(Source source) {
        return new Source(JsonLimits.wellFormed(source.id()), JsonLimits.wellFormed(source.title()), source.score());
    }

    /**
     * Agents may put objects of any Java type into an artifact. The second call of {@code nearest} covers the text and
     * numbers in these objects.
     */
    private Map<String, Object> repaired(Map<String, Object> artifact) {
        try {
            return JsonLimits.check(artifact);
        } catch (IllegalArgumentException e) {
            return nearest(wire.toPlainObject(nearest(artifact)));
        }
    }

    /** Returns the nearest object within the limits, which is an object again. */
    @SuppressWarnings("unchecked")
    private static Map<String, Object> nearest(Map<String, Object> artifact) {
        return (Map<String, Object>) Objects.requireNonNull(JsonLimits.nearest(artifact));
    }
}
