package io.turnlane.model;

/**
 * Error of a failed turn: a code for programs and a message for people.
 *
 * @param code {@linkplain ErrorCode#wire() text form} of an error code; kept as text, so that an older version can
 *     forward codes that it does not know
 */
public record TurnError(String code, String message) {

    public static TurnError of(ErrorCode code, String message) {
        return new TurnError(code.wire(), message);
    }
}
