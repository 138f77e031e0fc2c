package io.turnlane.standalone;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Table of an artifact: the artifact itself, or the data of a chart.
 *
 * @param rows values of each row, one for each column; missing nodes for missing values
 */
record ArtifactTable(List<Column> columns, List<List<JsonNode>> rows) {

    /**
     * Column of a table.
     *
     * @param unit unit of the numbers; empty if there is none
     * @param align {@code left} or {@code right}; empty if the values decide
     */
    record Column(String name, String unit, String align) {}

    /** Returns the tables of an artifact, or of a chart's data. Returns an empty list if there are none. */
    static List<ArtifactTable> of(JsonNode artifact) {
        JsonNode spec = artifact.path("spec");
        if (spec.isObject()) {
            Map<String, String> titles = new LinkedHashMap<>();
            addTitles(spec, titles);
            List<JsonNode> data = new ArrayList<>();
            addData(spec, data);
            return data.stream().map(values -> ofObjects(values, titles)).toList();
        }
        JsonNode rows = artifact.path("rows");
        if (artifact.path("columns").isArray()) {
            return List.of(described(artifact.path("columns"), rows));
        }
        JsonNode values = rows.isArray() ? rows : artifact.path("data").path("values");
        return hasObjects(values) ? List.of(ofObjects(values, Map.of())) : List.of();
    }

    private static ArtifactTable described(JsonNode columns, JsonNode rows) {
        List<Column> described = new ArrayList<>();
        for (JsonNode column : columns) {
            described.add(new Column(
                    column.isObject() ? column.path("name").asString("") : column.asString(""),
                    column.path("unit").asString(""),
                    column.path("align").asString("")));
        }
        List<List<JsonNode>> values = new ArrayList<>();
        for (JsonNode row : rows) {
            List<JsonNode> cells = new ArrayList<>();
            for (int i = 0; i < described.size(); i++) {
                cells.add(
                        row.isArray() ? row.path(i) : row.path(described.get(i).name()));
            }
            values.add(cells);
        }
        return new ArtifactTable(described, values);
    }

    /** Adds the lists of objects that a specification contains as data. */
    private static void addData(JsonNode part, List<JsonNode> found) {
        JsonNode values = part.path("data").path("values");
        if (hasObjects(values)) {
            found.add(values);
        }
        for (JsonNode set : part.path("datasets")) {
            if (hasObjects(set)) {
                found.add(set);
            }
        }
        for (Map.Entry<String, JsonNode> field : fields(part)) {
            addData(field.getValue(), found);
        }
        for (JsonNode element : part.isArray() ? part : part.path("")) {
            addData(element, found);
        }
    }

    /** Adds the title of each field that a specification names. The fields of the axes come first. */
    private static void addTitles(JsonNode part, Map<String, String> found) {
        String field = part.path("field").asString("");
        if (!field.isEmpty()) {
            String title =
                    part.path("title").asString(part.path("axis").path("title").asString(""));
            if (found.getOrDefault(field, "").isEmpty()) {
                found.put(field, title);
            }
        }
        for (String axis : List.of("x", "y")) {
            if (part.path(axis).isObject()) {
                addTitles(part.path(axis), found);
            }
        }
        for (Map.Entry<String, JsonNode> each : fields(part)) {
            if (!each.getKey().equals("x") && !each.getKey().equals("y")) {
                addTitles(each.getValue(), found);
            }
        }
        for (JsonNode element : part.isArray() ? part : part.path("")) {
            addTitles(element, found);
        }
    }

    /** Returns the fields of an object without its data. */
    private static List<Map.Entry<String, JsonNode>> fields(JsonNode part) {
        return part.properties().stream()
                .filter(field ->
                        !field.getKey().equals("data") && !field.getKey().equals("datasets"))
                .toList();
    }

    private static boolean hasObjects(JsonNode values) {
        return values.isArray() && values.valueStream().anyMatch(JsonNode::isObject);
    }

    private static ArtifactTable ofObjects(JsonNode values, Map<String, String> titles) {
        List<JsonNode> objects = values.valueStream().filter(JsonNode::isObject).toList();
        Set<String> present = new LinkedHashSet<>();
        objects.forEach(row -> present.addAll(row.propertyNames()));
        Set<String> keys = new LinkedHashSet<>(titles.keySet());
        keys.retainAll(present);
        keys.addAll(present);
        List<Column> columns = keys.stream()
                .map(key -> {
                    String title = titles.getOrDefault(key, "");
                    return new Column(title.isEmpty() ? key : title, "", "");
                })
                .toList();
        List<List<JsonNode>> rows = objects.stream()
                .map(row -> keys.stream().map(row::path).toList())
                .toList();
        return new ArtifactTable(columns, rows);
    }
}
