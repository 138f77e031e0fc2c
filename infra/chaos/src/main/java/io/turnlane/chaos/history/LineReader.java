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
 * Reads a file line by line, so that files larger than the heap can be checked. Skips the last line if it has no line
 * end, because its writer was killed before the line was complete.
 */
final class LineReader {

    /**
     * Maximum length of a line. Complete lines are shorter; the limit prevents a damaged file from filling the heap.
     */
    private static final int MAX_LINE_BYTES = 16 * 1024 * 1024;

    private LineReader() {}

    /**
     * Passes each line and its number, counted from 1, to the consumer.
     *
     * @throws IllegalArgumentException if a line cannot be parsed; the message contains the file and the line number
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
                } else if (line.size() == MAX_LINE_BYTES) {
                    throw new IllegalArgumentException(file.getFileName() + ":" + number + " is longer than 16 MiB");
                } else {
                    line.write(next);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file.getFileName(), e);
        }
    }

    private static <T> T parsed(Path file, int number, Function<byte[], T> parse, byte[] line) {
        try {
            return parse.apply(line);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file.getFileName() + ":" + number + " cannot be parsed", e);
        }
    }
}
