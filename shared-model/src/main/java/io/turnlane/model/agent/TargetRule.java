package io.turnlane.model.agent;

import java.util.List;
import java.util.Map;

/**
 * Rule that sends some questions to a target of a route, whatever its weight is.
 *
 * @param key value of a question that the rule compares
 * @param values values with which the rule applies
 */
public record TargetRule(StickyKey key, List<String> values) {

    private static final int MAX_VALUES = 100;

    public TargetRule {
        values = List.copyOf(values);
    }

    static TargetRule read(DefinitionFields fields) throws InvalidFieldException {
        fields.text("key"); // is required
        TargetRule rule = new TargetRule(StickyKey.read(fields, "key"), fields.texts("values", MAX_VALUES));
        if (rule.key.equals(StickyKey.SESSION)) {
            throw fields.invalid("key", "must be user, header:NAME or claim:NAME");
        }
        if (rule.values.isEmpty()) {
            throw fields.invalid("values", "is required");
        }
        fields.checkAllRead();
        return rule;
    }

    Map<String, Object> fields() {
        return Map.of("key", key.toString(), "values", values);
    }
}
