package io.turnlane.standalone.terminal;

import java.io.Console;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Properties of the place to which a command prints.
 *
 * @param terminal true if it is a terminal; false for a file or a pipe
 * @param width number of characters in a line; very large if it is not a terminal
 * @param colours true if colours are shown
 */
public record Screen(boolean terminal, int width, boolean colours) {

    /** Width of a terminal that does not report its width. */
    private static final int USUAL_WIDTH = 80;

    /** Place for output that is neither cut nor coloured. */
    public static final Screen FILE = new Screen(false, Integer.MAX_VALUE, false);

    /** Erases the screen and moves the cursor to its start. */
    private static final String CLEAR = "\u001b[H\u001b[J";

    /** Meaning of a text, which its colour shows. */
    public enum Tone {
        PLAIN(""),
        GOOD("32"),
        BUSY("36"),
        WARNING("33"),
        BAD("31"),
        FAINT("2");

        private final String code;

        Tone(String code) {
            this.code = code;
        }
    }

    /** Returns the properties of the standard output. Has no colours if {@code NO_COLOR} is set. */
    public static Screen ofOutput() {
        boolean terminal = Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .isPresent();
        return terminal ? ofTerminal(System.getenv()) : FILE;
    }

    static Screen ofTerminal(Map<String, String> environment) {
        boolean colours = environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "").equals("dumb");
        String columns = environment.getOrDefault("COLUMNS", "");
        return new Screen(
                true, columns.matches("[1-9]\\d{0,3}") ? Integer.parseInt(columns) : reportedWidth(), colours);
    }

    /** Asks the program {@code stty} for the width of the terminal. */
    private static int reportedWidth() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (stty.waitFor(1, TimeUnit.SECONDS) && stty.exitValue() == 0) {
                String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
                int columns = Integer.parseInt(size.substring(size.indexOf(' ') + 1));
                return columns > 0 ? columns : USUAL_WIDTH;
            }
            stty.destroy();
        } catch (IOException | NumberFormatException e) {
            return USUAL_WIDTH; // no terminal program, or an unusual one
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return USUAL_WIDTH;
    }

    /** Returns the text in the colour of the tone, if this screen shows colours. */
    public String paint(String text, Tone tone) {
        return !colours || tone == Tone.PLAIN ? text : "\u001b[" + tone.code + "m" + text + "\u001b[0m";
    }

    /** Returns the characters that erase a terminal; empty for a file or a pipe. */
    public String clear() {
        return terminal ? CLEAR : "";
    }
}
