package io.turnlane.standalone;

import io.turnlane.standalone.terminal.OneLine;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Prints the artifacts of an answer as text: a table with aligned columns, and a chart as its text alternative and the
 * table of its data. Text of agents is printed on one line and without control characters.
 */
final class ArtifactPrinter {

    private static final int MAX_ROWS = 100;
    private static final int MAX_CHART_ROWS = 20;
    private static final int MAX_CHART_TABLES = 4;
    private static final int MAX_CELL = 60;
    private static final int MAX_TEXT = 1000;
    private static final int MAX_DECIMALS = 8;
    private static final String GAP = "  ";

    private final PrintStream out;

    ArtifactPrinter(PrintStream out) {
        this.out = out;
    }

    void print(JsonNode artifact) {
        JsonNode spec = artifact.path("spec");
        out.println();
        printText(artifact.path("title").asString(spec.path("title").asString("")));
        if (spec.isObject()) {
            printText(artifact.path("alt").asString(spec.path("description").asString("")));
        }
        List<ArtifactTable> tables = ArtifactTable.of(artifact);
        if (tables.isEmpty()) {
            printText((spec.isObject() ? spec : artifact).toString());
        }
        for (ArtifactTable table : tables.subList(0, Math.min(tables.size(), MAX_CHART_TABLES))) {
            out.println();
            print(table, spec.isObject() ? MAX_CHART_ROWS : MAX_ROWS);
        }
    }

    private void printText(String text) {
        if (!text.isBlank()) {
            out.println(OneLine.of(text, MAX_TEXT));
        }
    }

    private void print(ArtifactTable table, int maxRows) {
        int rows = Math.min(table.rows().size(), maxRows);
        List<TextColumn> columns = new ArrayList<>();
        for (int i = 0; i < table.columns().size(); i++) {
            int column = i;
            columns.add(TextColumn.of(
                    table.columns().get(i),
                    table.rows().stream()
                            .limit(rows)
                            .map(row -> row.get(column))
                            .toList()));
        }
        for (int line = 0; line < rows + 2; line++) { // the heads and the rule are the first two
            int at = line;
            out.println(String.join(
                            GAP, columns.stream().map(column -> column.line(at)).toList())
                    .stripTrailing());
        }
        if (table.rows().size() > rows) {
            out.println("The first " + rows + " of " + table.rows().size() + " rows.");
        }
    }

    /**
     * Column as text.
     *
     * @param cells head, rule and values, of any width
     */
    private record TextColumn(List<String> cells, int width, boolean right) {

        static TextColumn of(ArtifactTable.Column column, List<JsonNode> values) {
            boolean numbers = values.stream().anyMatch(JsonNode::isNumber)
                    && values.stream().allMatch(value -> value.isNumber() || isEmpty(value));
            int decimals = decimals(values);
            List<String> cells = new ArrayList<>();
            cells.add(
                    OneLine.of(column.name() + (column.unit().isEmpty() ? "" : " (" + column.unit() + ")"), MAX_CELL));
            values.forEach(value -> cells.add(cell(value, decimals)));
            int width = cells.stream().mapToInt(TextColumn::length).max().orElse(0);
            cells.add(1, "-".repeat(width));
            return new TextColumn(
                    cells,
                    width,
                    column.align().isEmpty() ? numbers : column.align().equals("right"));
        }

        String line(int line) {
            String cell = cells.get(line);
            String space = " ".repeat(width - length(cell));
            return right ? space + cell : cell + space;
        }

        private static int length(String text) {
            return text.codePointCount(0, text.length());
        }

        private static boolean isEmpty(JsonNode value) {
            return value.isMissingNode() || value.isNull();
        }

        private static String cell(JsonNode value, int decimals) {
            if (value.isNumber()) {
                return value.decimalValue()
                        .setScale(decimals, RoundingMode.HALF_UP)
                        .toPlainString();
            }
            return isEmpty(value)
                    ? ""
                    : OneLine.of(value.isString() ? value.stringValue() : value.toString(), MAX_CELL);
        }

        /**
         * Returns the number of decimals of a column: as many as its numbers need, but at most 2 if a number has two
         * digits before the point, otherwise at most 4. The smallest number has at least two significant digits.
         */
        private static int decimals(List<JsonNode> values) {
            List<BigDecimal> numbers = values.stream()
                    .filter(JsonNode::isNumber)
                    .map(value -> value.decimalValue().abs().stripTrailingZeros())
                    .filter(number -> number.signum() > 0)
                    .toList();
            boolean isLarge = numbers.stream().anyMatch(number -> number.compareTo(BigDecimal.TEN) >= 0);
            int smallest = numbers.stream()
                    .mapToInt(number -> number.scale() - number.precision() + 2) // decimals of two significant digits
                    .max()
                    .orElse(0);
            int most = Math.min(Math.max(isLarge ? 2 : 4, smallest), MAX_DECIMALS);
            int needed = numbers.stream()
                    .mapToInt(number -> number.setScale(most, RoundingMode.HALF_UP)
                            .stripTrailingZeros()
                            .scale())
                    .max()
                    .orElse(0);
            return Math.max(needed, 0);
        }
    }
}
