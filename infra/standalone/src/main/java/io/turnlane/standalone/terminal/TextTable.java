package io.turnlane.standalone.terminal;

import io.turnlane.standalone.terminal.Screen.Tone;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Table with aligned columns that fits into the width of a screen. If the width does not suffice, texts are cut to the
 * minimum width of their column, and then whole columns are left out. Not thread-safe.
 */
public final class TextTable {

    private static final String GAP = "  ";

    private final List<TableColumn> columns;
    private final List<List<Cell>> rows = new ArrayList<>();

    /**
     * Column of a table.
     *
     * @param min width to which the column can shrink; its texts are cut. Use {@link #WHOLE} for texts that must not be
     *     cut
     * @param rank importance; on a narrow screen, the column with the highest rank is left out first
     */
    public record TableColumn(String title, boolean right, int min, int rank) {

        public static final int WHOLE = Integer.MAX_VALUE;

        /** Returns a column whose texts are never cut. */
        public static TableColumn whole(String title, int rank) {
            return new TableColumn(title, false, WHOLE, rank);
        }

        /** Returns a column of numbers. */
        public static TableColumn number(String title, int rank) {
            return new TableColumn(title, true, WHOLE, rank);
        }

        /** Returns a column whose texts may be cut to {@code min} characters. */
        public static TableColumn text(String title, int min, int rank) {
            return new TableColumn(title, false, min, rank);
        }
    }

    /** Text and its meaning. */
    public record Cell(String text, Tone tone) {

        /** Returns a cell with control characters removed. */
        public static Cell of(String text, Tone tone) {
            return new Cell(OneLine.of(text, 500), tone);
        }

        public static Cell of(String text) {
            return of(text, Tone.PLAIN);
        }
    }

    public TextTable(TableColumn... columns) {
        this.columns = List.of(columns);
    }

    /** Adds a row with one cell for each column. */
    public void add(Cell... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException("a row needs " + columns.size() + " cells");
        }
        rows.add(List.of(cells));
    }

    public boolean isEmpty() {
        return rows.isEmpty();
    }

    /** Returns the lines of the table, the titles first. */
    public List<String> lines(Screen screen) {
        int[] widths = IntStream.range(0, columns.size()).map(this::widest).toArray();
        fit(widths, screen.width());
        List<String> lines = new ArrayList<>();
        lines.add(screen.paint(
                line(columns.stream().map(column -> Cell.of(column.title())).toList(), widths, Screen.FILE),
                Tone.FAINT));
        rows.forEach(row -> lines.add(line(row, widths, screen)));
        return lines;
    }

    private int widest(int column) {
        int title = columns.get(column).title().length();
        return rows.stream().mapToInt(row -> length(row.get(column).text())).reduce(title, Math::max);
    }

    /** Reduces the widths until they fit. A column of width 0 is left out. */
    private void fit(int[] widths, int available) {
        while (total(widths) > available) {
            Optional<Integer> shrinks = indexes(widths)
                    .filter(i -> widths[i] > columns.get(i).min())
                    .max(Comparator.comparingInt(i -> widths[i]));
            if (shrinks.isPresent()) {
                widths[shrinks.get()]--;
            } else if (!leaveOutOne(widths)) {
                return;
            }
        }
    }

    private boolean leaveOutOne(int[] widths) {
        Optional<Integer> least = indexes(widths)
                .filter(i -> columns.get(i).rank() > 0)
                .max(Comparator.comparingInt(i -> columns.get(i).rank()));
        least.ifPresent(i -> {
            Arrays.setAll(widths, other -> widths[other] == 0 ? 0 : widest(other));
            widths[i] = 0;
        });
        return least.isPresent();
    }

    private static Stream<Integer> indexes(int[] widths) {
        return IntStream.range(0, widths.length).filter(i -> widths[i] > 0).boxed();
    }

    private static int total(int[] widths) {
        int[] shown = Arrays.stream(widths).filter(width -> width > 0).toArray();
        return Arrays.stream(shown).sum() + GAP.length() * Math.max(0, shown.length - 1);
    }

    private String line(List<Cell> cells, int[] widths, Screen screen) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            if (widths[i] > 0) {
                line.append(line.isEmpty() ? "" : GAP).append(padded(cells.get(i), columns.get(i), widths[i], screen));
            }
        }
        return line.toString().stripTrailing();
    }

    private static String padded(Cell cell, TableColumn column, int width, Screen screen) {
        String text = OneLine.of(cell.text(), width);
        String blank = " ".repeat(width - length(text));
        String painted = screen.paint(text, cell.tone());
        return column.right() ? blank + painted : painted + blank;
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
