package io.turnlane.processor.past;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Merges a stream of commands and a stream of events by their timestamps. The order within each stream is kept. If an
 * event is older than a command by at most a given slack, the command still comes first. A question therefore comes
 * before its events even if the clocks of gateway and processor differ by the slack. For use by one thread.
 */
final class TimeMerge<C, E> {

    private final Duration slack;
    private final Deque<Timed<C>> commands = new ArrayDeque<>();
    private final Deque<Timed<E>> events = new ArrayDeque<>();

    private record Timed<T>(Instant at, T value) {}

    /** The next item, which is either a command or an event. The other component is null. */
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
     * Removes and returns the next item.
     *
     * @param moreCommands true if commands may follow that have not been added yet
     * @param moreEvents true if events may follow that have not been added yet
     * @return the next item; null if no item is left, or if further items must be added before the next one is known
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
            return new Next<>(commands.removeFirst().value(), null);
        }
        return event == null ? null : new Next<>(null, events.removeFirst().value());
    }
}
