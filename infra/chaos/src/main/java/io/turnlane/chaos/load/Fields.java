package io.turnlane.chaos.load;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of a history's line, in the order in which they are put. Belongs to one thread. */
final class Fields {

    private final Map<String, @Nullable Object> values = new LinkedHashMap<>();

    static Fields of(String name, @Nullable Object value) {
        return new Fields().and(name, value);
    }

    Fields and(String name, @Nullable Object value) {
        values.put(name, value);
        return this;
    }

    Map<String, @Nullable Object> map() {
        return values;
    }
}
