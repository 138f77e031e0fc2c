package io.turnlane.processor.rebuild.recall;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Two streams, each in its own order, as one: commands run ahead of events by a slack, so that a question is known when
 * its events come, though the clocks of who wrote them differ by as much. For one thread.
 */
final class TimeMerge<C, E> {

    private final Duration slack;
    private final Deque<Timed<C>> commands = new ArrayDeque<>();
    private final Deque<Timed<E>> events = new ArrayDeque<>();

    private record Timed<T>(Instant at, T what) {}

    /** What comes next: one of the two. */
    record Next<C, E>(@Nullable C command, @Nullable E event) {}

    TimeMerge(Duration slack) {
        this.slack = slack;
    }

    void command(Instant at, C command) {
        commands.addLast(new Timed<>(at, command));
    }

    void event(Instant at, E event) {
        events.addLast(new Timed<>(at, event));
    }

    int commands() {
        return commands.size();
    }

    int events() {
        return events.size();
    }

    /**
     * Takes the next one.
     *
     * @param moreCommands whether commands may follow that weren't added yet
     * @param moreEvents whether events may follow that weren't added yet
     * @return null where that can't be told before more is added, or where nothing is left
     */
    @Nullable
    Next<C, E> next(boolean moreCommands, boolean moreEvents) {
        Timed<C> command = commands.peekFirst();
        Timed<E> event = events.peekFirst();
        if ((command == null && moreCommands) || (event == null && moreEvents)) {
            return null;
        }
        if (command != null
                && (event == null || !command.at().isAfter(event.at().plus(slack)))) {
            return new Next<>(commands.removeFirst().what(), null);
        }
        return event == null ? null : new Next<>(null, events.removeFirst().what());
    }
}
