package io.turnlane.gateway.quarantine;

import io.turnlane.gateway.problem.ProblemDetailException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How far down a reader of the quarantine has come.
 *
 * @param before by partition, the offset of the last record that was seen; one that isn't named starts at its end
 */
record QuarantineCursor(Map<Integer, Long> before) {

    private static final Pattern SHAPE = Pattern.compile("(\\d{1,9}:\\d{1,18})(,\\d{1,9}:\\d{1,18}){0,999}");

    QuarantineCursor {
        before = Map.copyOf(before);
    }

    /** @throws ProblemDetailException where the text is no cursor of ours */
    static QuarantineCursor parse(String text) {
        try {
            String places = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.US_ASCII);
            if (!SHAPE.matcher(places).matches()) {
                throw ProblemDetailException.invalid("cursor is not one of ours");
            }
            Map<Integer, Long> before = new TreeMap<>();
            for (String place : places.split(",", -1)) {
                int colon = place.indexOf(':');
                before.put(Integer.valueOf(place.substring(0, colon)), Long.valueOf(place.substring(colon + 1)));
            }
            return new QuarantineCursor(before);
        } catch (IllegalArgumentException e) {
            throw ProblemDetailException.invalid("cursor is not one of ours");
        }
    }

    @Override
    public String toString() {
        String places = new TreeMap<>(before)
                .entrySet().stream().map(e -> e.getKey() + ":" + e.getValue()).collect(Collectors.joining(","));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(places.getBytes(StandardCharsets.US_ASCII));
    }
}
