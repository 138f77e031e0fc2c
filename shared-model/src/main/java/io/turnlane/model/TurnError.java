package io.turnlane.model;

/**
 * Why a turn failed: the code for programs, the message for people.
 *
 * @param code the {@linkplain ErrorCode#wire() word} of an error code; text, so that an older reader passes on newer
 *     codes
 */
public record TurnError(String code, String message) {

    public static TurnError of(ErrorCode code, String message) {
        return new TurnError(code.wire(), message);
    }
}
