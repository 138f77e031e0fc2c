package io.turnlane.model.json;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Applies a JSON Patch (RFC 6902) to a JSON object. All values are maps with text keys, lists, text, numbers, booleans
 * and null, as JSON parsers produce them.
 *
 * <p>A short patch could copy values into each other until they fill the heap. The sizes of all values that one patch
 * copies are therefore limited.
 */
public final class JsonPatch {

    /** Maximum number of characters and values that one patch copies. The object itself counts too. */
    private static final long MAX_COPIED = 4 * 1024 * 1024;

    private long copied;

    private JsonPatch() {}

    /**
     * Returns the patched object. Neither argument is modified.
     *
     * @param operations operations of the patch, in order
     * @throws IllegalArgumentException if an operation is invalid, does not fit the object, or is a test that fails, if
     *     the result is not an object, or if the values are too large. The message quotes the patch
     */
    public static Map<String, Object> apply(Map<String, Object> object, List<?> operations) {
        return new JsonPatch().applyAll(object, operations);
    }

    private Map<String, Object> applyAll(Map<String, Object> object, List<?> operations) {
        Object patched = copy(object);
        for (Object operation : operations) {
            if (!(operation instanceof Map<?, ?> members)) {
                throw new IllegalArgumentException("an operation must be an object");
            }
            patched = apply(patched, members);
        }
        return asObject(patched);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> asObject(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return (Map<String, Object>) map;
        }
        throw new IllegalArgumentException("the patched value is not an object");
    }

    private @Nullable Object apply(@Nullable Object document, Map<?, ?> operation) {
        List<String> path = pointer(operation, "path");
        return switch (text(operation, "op")) {
            case "add" -> add(document, path, value(operation));
            case "remove" -> remove(document, path);
            case "replace" -> add(remove(document, path), path, value(operation));
            case "move" -> move(document, pointer(operation, "from"), path);
            case "copy" -> add(document, path, copy(get(document, pointer(operation, "from"))));
            case "test" -> test(document, path, operation);
            default -> throw new IllegalArgumentException("unknown operation " + operation.get("op"));
        };
    }

    private static @Nullable Object move(@Nullable Object document, List<String> from, List<String> path) {
        if (path.size() > from.size() && path.subList(0, from.size()).equals(from)) {
            throw new IllegalArgumentException("a value must not be moved into itself");
        }
        Object moved = get(document, from);
        return from.equals(path) ? document : add(remove(document, from), path, moved);
    }

    private @Nullable Object test(@Nullable Object document, List<String> path, Map<?, ?> operation) {
        if (!isEqual(get(document, path), value(operation))) {
            throw new IllegalArgumentException("the test of " + operation.get("path") + " failed");
        }
        return document;
    }

    private static @Nullable Object get(@Nullable Object document, List<String> path) {
        Object value = document;
        for (String token : path) {
            value = member(value, token);
        }
        return value;
    }

    private static @Nullable Object member(@Nullable Object parent, String token) {
        if (parent instanceof List<?> list) {
            return list.get(index(token, list.size() - 1));
        }
        if (parent instanceof Map<?, ?> map && map.containsKey(token)) {
            return map.get(token);
        }
        throw noValue(token);
    }

    private static @Nullable Object add(@Nullable Object document, List<String> path, @Nullable Object value) {
        if (path.isEmpty()) {
            return value;
        }
        String last = path.getLast();
        switch (get(document, path.subList(0, path.size() - 1))) {
            case List<?> list -> asList(list).add(last.equals("-") ? list.size() : index(last, list.size()), value);
            case Map<?, ?> map -> asObject(map).put(last, value);
            case null, default -> throw noValue(last);
        }
        return document;
    }

    /** Removes a value, which must exist. Returns null if the value is the whole document. */
    private static @Nullable Object remove(@Nullable Object document, List<String> path) {
        if (path.isEmpty()) {
            return null;
        }
        String last = path.getLast();
        Object parent = get(document, path.subList(0, path.size() - 1));
        var _ = member(parent, last);
        if (parent instanceof List<?> list) {
            list.remove(index(last, list.size() - 1));
        } else if (parent instanceof Map<?, ?> map) {
            map.remove(last);
        }
        return document;
    }

    @SuppressWarnings("unchecked")
    private static List<@Nullable Object> asList(List<?> list) {
        return (List<@Nullable Object>) list;
    }

    private static int index(String token, int max) {
        if (!token.matches("0|[1-9][0-9]{0,8}") || Integer.parseInt(token) > max) {
            throw noValue(token);
        }
        return Integer.parseInt(token);
    }

    private static IllegalArgumentException noValue(String token) {
        return new IllegalArgumentException("there is no value at " + token);
    }

    /** Returns the tokens of a JSON Pointer (RFC 6901). */
    private static List<String> pointer(Map<?, ?> operation, String member) {
        String pointer = text(operation, member);
        if (!pointer.isEmpty() && !pointer.startsWith("/")) {
            throw new IllegalArgumentException(member + " must be empty or begin with /");
        }
        List<String> tokens = new ArrayList<>();
        if (!pointer.isEmpty()) {
            for (String token : pointer.substring(1).split("/", -1)) {
                if (token.matches("(?s).*~(?![01]).*")) {
                    throw new IllegalArgumentException(member + " must contain ~ only in ~0 and ~1");
                }
                tokens.add(token.replace("~1", "/").replace("~0", "~"));
            }
        }
        return tokens;
    }

    private static String text(Map<?, ?> operation, String member) {
        if (operation.get(member) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("an operation must have the text " + member);
    }

    private @Nullable Object value(Map<?, ?> operation) {
        if (!operation.containsKey("value")) {
            throw new IllegalArgumentException("the operation must have a value");
        }
        return copy(operation.get("value"));
    }

    private @Nullable Object copy(@Nullable Object value) {
        copied += value instanceof String text ? text.length() + 1 : 1;
        if (copied > MAX_COPIED) {
            throw new IllegalArgumentException("the patched value is too large");
        }
        return switch (value) {
            case List<?> list -> {
                List<@Nullable Object> copy = new ArrayList<>(list.size());
                list.forEach(one -> copy.add(copy(one)));
                yield copy;
            }
            case Map<?, ?> map -> {
                Map<Object, @Nullable Object> copy = new LinkedHashMap<>();
                map.forEach((name, one) -> copy.put(name, copy(one)));
                yield copy;
            }
            case null, default -> value;
        };
    }

    /** Returns true if the values are equal in JSON: 1 equals 1.0, and the order of members does not matter. */
    private static boolean isEqual(@Nullable Object a, @Nullable Object b) {
        if (a instanceof Number left && b instanceof Number right) {
            return new BigDecimal(left.toString()).compareTo(new BigDecimal(right.toString())) == 0;
        }
        if (a instanceof List<?> left && b instanceof List<?> right) {
            Iterator<?> others = right.iterator();
            return left.size() == right.size() && left.stream().allMatch(one -> isEqual(one, others.next()));
        }
        if (a instanceof Map<?, ?> left && b instanceof Map<?, ?> right) {
            return left.keySet().equals(right.keySet())
                    && left.keySet().stream().allMatch(name -> isEqual(left.get(name), right.get(name)));
        }
        return Objects.equals(a, b);
    }
}
