package io.turnlane.model.agent;

/** A field of a definition is missing or has an invalid value. The message begins with the name of the field. */
public final class InvalidFieldException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String field;

    /** @param problem what is wrong with the field, for example {@code must be a number} */
    public InvalidFieldException(String field, String problem) {
        super(field + " " + problem);
        this.field = field;
    }

    /** Returns the path of the field, such as {@code timeouts.idle}. */
    public String field() {
        return field;
    }
}
