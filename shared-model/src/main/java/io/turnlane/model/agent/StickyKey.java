package io.turnlane.model.agent;

import io.turnlane.model.WireEnum;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Value of a question that decides which target of a route answers. Questions with the same value have the same target.
 *
 * @param name name of the header or claim; empty for a session and a user
 */
public record StickyKey(StickyKind kind, String name) {

    public static final StickyKey SESSION = new StickyKey(StickyKind.SESSION, "");

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.:/-]{0,100}");

    /** Kind of value. */
    public enum StickyKind implements WireEnum {
        SESSION,
        USER,
        /** HTTP header of the question. */
        HEADER,
        /** Claim of the caller's token. */
        CLAIM;

        boolean isNamed() {
            return this == HEADER || this == CLAIM;
        }
    }

    static StickyKey read(DefinitionFields fields, String field) throws InvalidFieldException {
        String text = fields.textOrNull(field);
        if (text == null) {
            return SESSION;
        }
        int colon = text.indexOf(':');
        String name = colon < 0 ? "" : text.substring(colon + 1);
        Optional<StickyKind> kind = WireEnum.find(StickyKind.values(), colon < 0 ? text : text.substring(0, colon));
        if (kind.isEmpty()
                || kind.get().isNamed() == name.isEmpty()
                || !NAME.matcher(name).matches()) {
            throw fields.invalid(field, "must be session, user, header:NAME or claim:NAME");
        }
        return new StickyKey(kind.get(), name);
    }

    /** Returns the text in a definition, such as {@code header:X-Tenant}. */
    @Override
    public String toString() {
        return name.isEmpty() ? kind.wire() : kind.wire() + ":" + name;
    }
}
