package io.turnlane.standalone;

import io.turnlane.standalone.terminal.Screen;
import io.turnlane.standalone.terminal.TextTable;
import java.io.PrintStream;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/** Prints lists of the gateway as a table, or as one JSON object per line. */
record ListPrinter(PrintStream out, PrintStream notes, Screen screen) {

    /**
     * Prints a list.
     *
     * @param found response of the gateway
     * @param field field with the elements
     * @param none line to print if there is no element
     */
    void print(JsonNode found, String field, String none, boolean json, Function<JsonNode, TextTable> table) {
        JsonNode elements = found.path(field);
        if (json) {
            elements.forEach(out::println);
        } else if (elements.isEmpty()) {
            out.println(none);
        } else {
            table.apply(elements).lines(screen).forEach(out::println);
        }
        if (!found.path("complete").asBoolean(true)) {
            notes.println("The search took too long, so this list may be incomplete. Name a user or a session.");
        }
    }
}
