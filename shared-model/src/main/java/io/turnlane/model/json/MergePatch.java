package io.turnlane.model.json;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Applies a JSON Merge Patch (RFC 7396) to an object. A member of the patch replaces the object's member of the same
 * name, or removes it if the new value is null. Nested objects are merged in the same way.
 */
public final class MergePatch {

    private MergePatch() {}

    /** Returns the patched object. Neither argument is modified. */
    public static Map<String, Object> apply(Map<String, Object> object, Map<String, Object> patch) {
        Map<String, Object> patched = new LinkedHashMap<>(object);
        patch.forEach((name, value) -> {
            if (value == null) {
                patched.remove(name);
            } else if (value instanceof Map<?, ?> inner) {
                patched.put(name, apply(asObject(patched.get(name)), asObject(inner)));
            } else {
                patched.put(name, value);
            }
        });
        return patched;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> asObject(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    }
}
