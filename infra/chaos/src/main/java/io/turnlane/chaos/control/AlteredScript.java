package io.turnlane.chaos.control;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A script of the product's with a piece replaced, under the same name, to be found before the product's own.
 *
 * @param name as {@code begin}
 * @param piece which must stand there exactly once
 * @param by what stands there instead
 */
record AlteredScript(String name, String piece, String by) {

    private static final String WHERE = "io/turnlane/processor/memory/";

    void writeTo(Path folder) throws IOException {
        Path file = folder.resolve(WHERE + name + ".lua");
        Files.createDirectories(file.getParent());
        Files.writeString(file, text());
    }

    /**
     * The script with its change.
     *
     * @throws IllegalStateException where the piece isn't there, or is there twice: the control would control nothing
     */
    String text() throws IOException {
        String text = original();
        int at = text.indexOf(piece);
        if (at < 0 || text.indexOf(piece, at + 1) >= 0) {
            throw new IllegalStateException(name + ".lua doesn't hold this once: " + piece);
        }
        return text.replace(piece, by);
    }

    private String original() throws IOException {
        try (InputStream in = AlteredScript.class.getClassLoader().getResourceAsStream(WHERE + name + ".lua")) {
            if (in == null) {
                throw new IllegalStateException("there is no " + name + ".lua");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
