package io.turnlane.chaos.history;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Reads a file of lines from start to end, one at a time, so that a file larger than the heap can be checked. A last
 * line without its end is left out: its writer was killed while it wrote.
 */
final class LineReader {

    /** No line of ours is longer; a damaged file must not fill the heap. */
    private static final int LONGEST = 16 * 1024 * 1024;

    private LineReader() {}

    /**
     * Gives each line and its number, from 1.
     *
     * @throws IllegalArgumentException where a line can't be read, with the file and the line's number
     */
    static <T> void read(Path file, Function<byte[], T> parse, BiConsumer<Integer, T> each) {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 256 * 1024)) {
            ByteArrayOutputStream line = new ByteArrayOutputStream(4096);
            int number = 1;
            for (int next = in.read(); next >= 0; next = in.read()) {
                if (next == '\n') {
                    each.accept(number, parsed(file, number, parse, line.toByteArray()));
                    line.reset();
                    number++;
                } else if (line.size() == LONGEST) {
                    throw new IllegalArgumentException(file.getFileName() + ":" + number + " is too long");
                } else {
                    line.write(next);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the history can't be read", e);
        }
    }

    private static <T> T parsed(Path file, int number, Function<byte[], T> parse, byte[] line) {
        try {
            return parse.apply(line);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file.getFileName() + ":" + number + " can't be read", e);
        }
    }
}
