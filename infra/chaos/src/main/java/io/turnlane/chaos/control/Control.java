package io.turnlane.chaos.control;

import io.turnlane.chaos.check.finding.Invariant;
import io.turnlane.chaos.check.finding.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.support.GenericApplicationContext;

/**
 * A negative control: one promise that the processors of a run don't keep.
 *
 * <p>What it takes is a folder that stands before the class path of the processors: altered copies of scripts, and its
 * own name for {@link #initializer()}, which a processor's main always adds and which does nothing without the name.
 *
 * <p>Faults that bring each to light: {@code DEDUPE} needs redeliveries of finished turns (kills of processors, records
 * put on the topic twice); {@code ORDER} only load with several turns in a session; {@code FENCE} processors that are
 * frozen for longer than the session timeout in the middle of long turns, and woken.
 */
public enum Control {
    /** Memory takes a turn whenever it is offered one, and a turn that has ended begins again. */
    DEDUPE,
    /** Every turn of a session runs at once. */
    ORDER,
    /** Memory takes the word of an owner that was replaced. */
    FENCE;

    /** The resource that holds the name of this process's control. */
    private static final String NAME = "turnlane-chaos-control";

    private static final String ALREADY_ENDED = """
            if status and ended[status] then
              return ending(req)
            end
            """;
    private static final String NEWER_OWNER =
            "if tonumber(redis.call('HGET', key, 'fence') or 0) > tonumber(fence) then";
    private static final String STORED = "if was[1] == 'completed' and was[2] == flight then";
    private static final String ENDED = "if status and ended[status] then\n    return ending(req)";
    private static final String ENDED_COUNTS_NOT = "if false then\n    return ending(req)";
    private static final String NOT_THIS_FLIGHT = "not_to_settle(ctx, req, fence, flight, was[1], was[2])";
    private static final String ANY_FLIGHT = "not_to_settle(ctx, req, fence, was[2], was[1], was[2])";
    private static final String NEVER = "if false then";

    /** The control of this name, as {@code dedupe}. */
    public static Optional<Control> named(@Nullable String name) {
        return Stream.of(values())
                .filter(control -> control.word().equals(name))
                .findFirst();
    }

    /** Its name in {@code run.json}, on command lines and in reports. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What the checker must find broken: at least one of these. */
    public Set<Invariant> expected() {
        return switch (this) {
            case DEDUPE -> EnumSet.of(Invariant.I4, Invariant.O4);
            case ORDER -> EnumSet.of(Invariant.O1, Invariant.I3, Invariant.I4);
            case FENCE -> EnumSet.of(Invariant.O5, Invariant.I1, Invariant.I4);
        };
    }

    /** Whether the checker found what it had to find. */
    public boolean isFound(Verdict verdict) {
        return expected().stream().anyMatch(invariant -> verdict.count(invariant) > 0);
    }

    /**
     * Writes what has to stand before the class path of the processors.
     *
     * @param folder where to; made where it is missing
     * @throws IllegalStateException where the product's scripts no longer hold the pieces that are to be changed
     */
    public void writeTo(Path folder) throws IOException {
        Files.createDirectories(folder);
        for (AlteredScript script : scripts()) {
            script.writeTo(folder);
        }
        Files.writeString(folder.resolve(NAME), word());
    }

    private List<AlteredScript> scripts() {
        return switch (this) {
            case DEDUPE ->
                List.of(
                        new AlteredScript("begin", ALREADY_ENDED, ""),
                        new AlteredScript("common", ENDED, ENDED_COUNTS_NOT),
                        new AlteredScript("commit", STORED, NEVER));
            case ORDER -> List.of();
            case FENCE ->
                List.of(
                        new AlteredScript("common", NEWER_OWNER, NEVER),
                        new AlteredScript("commit", NOT_THIS_FLIGHT, ANY_FLIGHT),
                        new AlteredScript("fail", NOT_THIS_FLIGHT, ANY_FLIGHT));
        };
    }

    /** What a processor's main adds to its application, with or without a control. */
    public static ApplicationContextInitializer<GenericApplicationContext> initializer() throws IOException {
        Optional<Control> control = ofThisProcess();
        return context -> {
            if (control.equals(Optional.of(ORDER))) {
                context.addBeanFactoryPostProcessor(new UnorderedLanes());
            }
        };
    }

    private static Optional<Control> ofThisProcess() throws IOException {
        try (InputStream name = Control.class.getClassLoader().getResourceAsStream(NAME)) {
            return name == null ? Optional.empty() : named(new String(name.readAllBytes(), StandardCharsets.UTF_8));
        }
    }
}
