package io.turnlane.chaos.control;

import io.turnlane.chaos.check.finding.Invariant;
import io.turnlane.chaos.check.finding.Verdict;
import java.io.IOException;
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
 * Negative control: a promise that the processors of a run do not keep, because the code that keeps it was removed on
 * purpose. Such a run shows that the checker finds violations of the promise.
 *
 * <p>To activate a control, the rig sets {@link #PROPERTY} in the processors. If the control alters scripts, the rig
 * also puts a folder with the altered copies at the beginning of the processors' class path. The main class of each
 * processor adds {@link #initializer()}, which has no effect without the property.
 *
 * <p>A control has an effect only together with certain faults. {@code DEDUPE} needs redeliveries of ended turns,
 * caused by kills of processors or by records that are published twice. {@code ORDER} only needs sessions with several
 * turns. {@code FENCE} needs processors that are frozen during long turns for longer than the session timeout, and then
 * resumed.
 */
public enum Control {
    /**
     * Scripts do not check if a turn has ended. If Kafka delivers such a turn again, it runs again, and memory stores
     * its answer each time.
     */
    DEDUPE,
    /** Lanes do not wait for the end of a turn. All turns of a session run at the same time. */
    ORDER,
    /**
     * Scripts do not compare fences and flight ids. Memory therefore accepts writes of a processor that has lost the
     * partition.
     */
    FENCE;

    /** System property with the name of the control of this process. */
    public static final String PROPERTY = "chaos.control";

    private static final String ALREADY_ENDED = """
            if status and ended[status] then
              return ending(req)
            end
            """;
    private static final String NEWER_OWNER = "if tonumber(hash.fence or 0) > tonumber(fence) then";
    private static final String STORED = "if record.status == 'completed' and record.flight == flight then";
    private static final String ENDED = "if record.status and ended[record.status] then\n    return ending(req)";
    private static final String ENDED_IGNORED = "if false then\n    return ending(req)";
    private static final String NOT_THIS_FLIGHT = "not_to_settle(session, record, fence, flight)";
    private static final String ANY_FLIGHT = "not_to_settle(session, record, fence, record.flight)";
    private static final String NEVER = "if false then";

    /** Returns the control with this {@link #word}, for example {@code dedupe}. Returns empty if there is none. */
    public static Optional<Control> named(@Nullable String name) {
        return Stream.of(values())
                .filter(control -> control.word().equals(name))
                .findFirst();
    }

    /** Returns the name used in {@code run.json}, on the command line and in reports. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the invariants that this control can break. The checker must find a violation of at least one. */
    public Set<Invariant> expected() {
        return switch (this) {
            case DEDUPE -> EnumSet.of(Invariant.I4, Invariant.O4);
            case ORDER -> EnumSet.of(Invariant.O1, Invariant.I3, Invariant.I4);
            case FENCE -> EnumSet.of(Invariant.O5, Invariant.I1, Invariant.I4);
        };
    }

    /** Returns true if the checker found a violation that this control causes. */
    public boolean isFound(Verdict verdict) {
        return expected().stream().anyMatch(invariant -> verdict.count(invariant) > 0);
    }

    /**
     * Returns true if {@link #writeTo} writes altered scripts. Otherwise the processors need no other class path, and
     * can use the class cache.
     */
    public boolean altersScripts() {
        return !scripts().isEmpty();
    }

    /** Returns the number of processors that the control needs. Only {@code FENCE} needs a new owner of a partition. */
    public int processors() {
        return this == FENCE ? 3 : 1;
    }

    /**
     * Writes the folder that must precede the class path of the processors.
     *
     * @param folder target; created if it is missing
     * @throws IllegalStateException if the processor's scripts no longer contain the pieces to replace
     */
    public void writeTo(Path folder) throws IOException {
        Files.createDirectories(folder);
        for (AlteredScript script : scripts()) {
            script.writeTo(folder);
        }
    }

    private List<AlteredScript> scripts() {
        return switch (this) {
            case DEDUPE ->
                List.of(
                        new AlteredScript("begin", ALREADY_ENDED, ""),
                        new AlteredScript("fenced", ENDED, ENDED_IGNORED),
                        new AlteredScript("commit", STORED, NEVER));
            case ORDER -> List.of();
            case FENCE ->
                List.of(
                        new AlteredScript("fenced", NEWER_OWNER, NEVER),
                        new AlteredScript("commit", NOT_THIS_FLIGHT, ANY_FLIGHT),
                        new AlteredScript("fail", NOT_THIS_FLIGHT, ANY_FLIGHT));
        };
    }

    /** Returns the initializer that processors add to their application. Has no effect without a control. */
    public static ApplicationContextInitializer<GenericApplicationContext> initializer() {
        Optional<Control> control = named(System.getProperty(PROPERTY));
        return context -> {
            if (control.equals(Optional.of(ORDER))) {
                context.addBeanFactoryPostProcessor(new UnorderedLanes());
            }
        };
    }
}
