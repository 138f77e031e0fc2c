package io.turnlane.model;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Applies a JSON Merge Patch (RFC 7396) to an object: members of the patch replace those of the object, null removes a
 * member, and nested objects are merged.
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
