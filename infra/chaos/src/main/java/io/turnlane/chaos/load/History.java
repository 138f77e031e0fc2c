package io.turnlane.chaos.load;

import java.util.Map;

/** Where clients and faults are written down, as {@code docs/chaos.md} says. Any thread may write. */
@FunctionalInterface
public interface History {

    /**
     * One line.
     *
     * @param process as {@code client-7} or {@code driver}
     * @param type {@code invoke}, {@code ok} (it happened), {@code fail} (it certainly did not), {@code info} (unknown)
     * @param op as {@code ask}, {@code stream}, {@code event}, {@code poll}, {@code fault}
     * @param fields the op's own; a null value is left out
     */
    void write(String process, String type, String op, Map<String, ?> fields);
}
