package io.turnlane.chaos.control;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Copy of a Lua script of the processor in which one piece is replaced. The processor loads the copy instead of the
 * original, because it has the same resource name and comes first on the class path.
 *
 * @param name name of the script, as {@code begin}
 * @param piece text to replace; must occur exactly once
 * @param by text that replaces it
 */
record AlteredScript(String name, String piece, String by) {

    private static final String FOLDER = "io/turnlane/store/memory/";

    void writeTo(Path folder) throws IOException {
        Path file = folder.resolve(FOLDER + name + ".lua");
        Files.createDirectories(file.getParent());
        Files.writeString(file, text());
    }

    /**
     * Returns the text of the altered script.
     *
     * @throws IllegalStateException if the original script does not contain {@code piece} exactly once
     */
    String text() throws IOException {
        String text = original();
        int at = text.indexOf(piece);
        if (at < 0 || text.indexOf(piece, at + 1) >= 0) {
            throw new IllegalStateException(name + ".lua does not contain this piece exactly once: " + piece);
        }
        return text.replace(piece, by);
    }

    private String original() throws IOException {
        try (InputStream in = AlteredScript.class.getClassLoader().getResourceAsStream(FOLDER + name + ".lua")) {
            if (in == null) {
                throw new IllegalStateException("there is no " + name + ".lua");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
