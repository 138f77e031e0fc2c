package io.turnlane.model;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Enumeration whose values have a text form in JSON, record headers and Redis: their names in lower case. */
public interface WireEnum {

    String name();

    /** Returns the text form of this value. */
    default String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the value with this text form, or empty if there is none. */
    static <E extends WireEnum> Optional<E> find(E[] values, String wire) {
        return Arrays.stream(values).filter(one -> one.wire().equals(wire)).findFirst();
    }

    /**
     * Returns the value with this text form.
     *
     * @param what name of the enumeration in the exception's message
     * @throws IllegalArgumentException if no value has this text form; the message lists the values
     */
    static <E extends WireEnum> E require(E[] values, String what, String wire) {
        return find(values, wire)
                .orElseThrow(() -> new IllegalArgumentException(what + " must be one of "
                        + Arrays.stream(values).map(WireEnum::wire).collect(Collectors.joining(", "))));
    }
}
