package io.turnlane.model.agent;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a route, which is a name that clients use like the name of an agent. A gateway chooses one of the targets
 * when it accepts a question.
 *
 * @param targets agents that answer, of which at least one has a weight
 * @param wayBack rule that takes out a target, or null if there is none
 */
public record RouteSettings(
        List<RouteTarget> targets,
        StickyKey sticky,
        @Nullable WayBack wayBack) implements AgentSettings {

    private static final int MAX_TARGETS = 20;

    public RouteSettings {
        targets = List.copyOf(targets);
    }

    static RouteSettings read(DefinitionFields fields) throws InvalidFieldException {
        List<RouteTarget> targets = targets(fields);
        WayBack wayBack = fields.has("way_back") ? WayBack.read(fields.object("way_back")) : null;
        if (wayBack != null
                && wayBack.to() != null
                && targets.stream().noneMatch(target -> target.agent().equals(wayBack.to()))) {
            throw fields.invalid("way_back.to", "must be one of the targets");
        }
        return new RouteSettings(targets, StickyKey.read(fields, "sticky"), wayBack);
    }

    private static List<RouteTarget> targets(DefinitionFields fields) throws InvalidFieldException {
        List<RouteTarget> targets = new ArrayList<>();
        Set<String> agents = new HashSet<>();
        for (DefinitionFields one : fields.objects("targets", MAX_TARGETS)) {
            RouteTarget target = RouteTarget.read(one);
            targets.add(target);
            if (!agents.add(target.agent())) {
                throw one.invalid("agent", "is a target twice");
            }
        }
        if (targets.stream().noneMatch(target -> target.weight() > 0)) {
            throw fields.invalid("targets", "must have at least one agent with a weight above 0");
        }
        return targets;
    }

    /**
     * Returns the first target whose rule applies to a question; empty if there is none.
     *
     * @param values returns the value of a question, or empty if the question lacks it
     * @param usable returns true for the agents that take questions
     */
    public Optional<String> chooseByRule(Function<StickyKey, Optional<String>> values, Predicate<String> usable) {
        return targets.stream()
                .filter(target -> target.takenOut() == null && usable.test(target.agent()))
                .filter(target -> Optional.ofNullable(target.when())
                        .filter(rule -> values.apply(rule.key())
                                .filter(rule.values()::contains)
                                .isPresent())
                        .isPresent())
                .map(RouteTarget::agent)
                .findFirst();
    }

    /** Returns the agent with the largest weight; the first of them if there are several. */
    public String heaviest() {
        RouteTarget heaviest = targets.getFirst();
        for (RouteTarget target : targets) {
            heaviest = target.weight() > heaviest.weight() ? target : heaviest;
        }
        return heaviest.agent();
    }

    /**
     * Returns true if the way back may take this target out: it gets questions, and another target with a weight
     * remains.
     */
    public boolean mayTakeOut(RouteTarget target) {
        String to = wayBack == null ? null : wayBack.to();
        return target.isUsed()
                && !target.agent().equals(to)
                && (to != null
                        || targets.stream()
                                .anyMatch(other ->
                                        other.weight() > 0 && !other.agent().equals(target.agent())));
    }

    /** Returns these settings after the way back has taken the target out, whose share others get. */
    public RouteSettings takeOut(RouteTarget out, Instant at, String reason) {
        String to = wayBack == null ? null : wayBack.to();
        List<RouteTarget> after = targets.stream()
                .map(target -> target.equals(out)
                        ? out.takeOut(at, reason)
                        : target.agent().equals(to) ? target.withWeight(target.weight() + out.weight()) : target)
                .toList();
        return new RouteSettings(after, sticky, wayBack);
    }

    @Override
    public Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("targets", targets.stream().map(RouteTarget::fields).toList());
        fields.put("sticky", sticky.toString());
        if (wayBack != null) {
            fields.put("way_back", wayBack.fields());
        }
        return fields;
    }
}
