package io.turnlane.gateway.operations.quarantine;

import io.turnlane.gateway.problem.ProblemDetailException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Position of a client that reads the quarantine from newest to oldest.
 *
 * @param before offset of the last record seen, by partition; a partition without an entry starts at its end
 */
record QuarantineCursor(Map<Integer, Long> before) {

    private static final Pattern SHAPE = Pattern.compile("(\\d{1,9}:\\d{1,18})(,\\d{1,9}:\\d{1,18}){0,999}");

    QuarantineCursor {
        before = Map.copyOf(before);
    }

    static QuarantineCursor parse(String text) {
        try {
            String positions = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.US_ASCII);
            if (!SHAPE.matcher(positions).matches()) {
                throw ProblemDetailException.invalid("cursor is invalid. Use the value of `next` of an earlier page.");
            }
            Map<Integer, Long> before = new TreeMap<>();
            for (String position : positions.split(",", -1)) {
                int colon = position.indexOf(':');
                before.put(Integer.valueOf(position.substring(0, colon)), Long.valueOf(position.substring(colon + 1)));
            }
            return new QuarantineCursor(before);
        } catch (IllegalArgumentException e) {
            throw ProblemDetailException.invalid("cursor is invalid. Use the value of `next` of an earlier page.");
        }
    }

    @Override
    public String toString() {
        String positions = new TreeMap<>(before)
                .entrySet().stream().map(e -> e.getKey() + ":" + e.getValue()).collect(Collectors.joining(","));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(positions.getBytes(StandardCharsets.US_ASCII));
    }
}
