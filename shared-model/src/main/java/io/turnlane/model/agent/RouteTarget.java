package io.turnlane.model.agent;

import io.turnlane.model.AgentDescription;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Agent that answers a share of a route's questions.
 *
 * @param weight share of this target, relative to the weights of all targets; 0 for none
 * @param when questions that this target gets in addition to its share, or null
 * @param takenOut reason for which the way back of the route set the weight to 0, or null
 */
public record RouteTarget(
        String agent,
        int weight,
        @Nullable TargetRule when,
        @Nullable TakenOut takenOut) {

    private static final int MAX_WEIGHT = 1_000_000;

    /**
     * Why and when the way back of a route took a target out.
     *
     * @param weight weight of the target before
     */
    public record TakenOut(Instant at, String reason, int weight) {

        public TakenOut {
            at = at.truncatedTo(ChronoUnit.MILLIS); // as in JSON
        }
    }

    static RouteTarget read(DefinitionFields fields) throws InvalidFieldException {
        String agent = fields.text("agent");
        try {
            AgentDescription.checkName(agent);
        } catch (IllegalArgumentException e) {
            throw fields.invalid("agent", "must have 1 to 64 characters from a-z 0-9 . _ -");
        }
        TargetRule when = fields.has("when") ? TargetRule.read(fields.object("when")) : null;
        int weight = fields.integer("weight", when == null ? 1 : 0, 0, MAX_WEIGHT);
        TakenOut takenOut = fields.has("taken_out") ? takenOut(fields.object("taken_out")) : null;
        fields.checkAllRead();
        return new RouteTarget(agent, weight, when, weight == 0 ? takenOut : null); // a new weight takes it in again
    }

    private static TakenOut takenOut(DefinitionFields fields) throws InvalidFieldException {
        try {
            TakenOut takenOut = new TakenOut(
                    Instant.parse(fields.text("at")),
                    fields.text("reason"),
                    fields.integer("weight", 0, 0, MAX_WEIGHT));
            fields.checkAllRead();
            return takenOut;
        } catch (DateTimeException e) {
            throw fields.invalid("at", "must be a time such as 2026-11-30T12:00:00Z");
        }
    }

    RouteTarget withWeight(int newWeight) {
        return new RouteTarget(agent, Math.min(newWeight, MAX_WEIGHT), when, newWeight == 0 ? takenOut : null);
    }

    RouteTarget takeOut(Instant at, String reason) {
        return new RouteTarget(agent, 0, when, new TakenOut(at, reason, weight));
    }

    /** Returns true if the target gets questions: it has a weight, or a rule and was not taken out. */
    boolean isUsed() {
        return weight > 0 || (when != null && takenOut == null);
    }

    /** Returns the fields of the target's JSON object. */
    public Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("agent", agent);
        fields.put("weight", weight);
        if (when != null) {
            fields.put("when", when.fields());
        }
        if (takenOut != null) {
            fields.put(
                    "taken_out",
                    Map.of("at", takenOut.at.toString(), "reason", takenOut.reason, "weight", takenOut.weight));
        }
        return fields;
    }
}
