package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Grafana's dashboard: its metrics, its data source and its layout. */
class DashboardTest {

    private final JsonNode dashboard = AlertFiles.dashboard();

    @Test
    void everyPanelReadsDocumentedMetricsFromTheChosenDataSource() throws IOException {
        Set<String> metrics = new TreeSet<>();
        for (String section : List.of("Processor", "Gateway", "Libraries")) {
            metrics.addAll(MetricsPage.section(section).keySet());
        }
        for (JsonNode panel : panels()) {
            String title = panel.path("title").asString();
            assertThat(panel.path("targets")).as(title).isNotEmpty();
            assertThat(panel.at("/datasource/uid").asString()).as(title).isEqualTo("${datasource}");
            for (JsonNode target : panel.path("targets")) {
                assertThat(target.at("/datasource/uid").asString()).as(title).isEqualTo("${datasource}");
                assertThat(AlertFiles.seriesOf(target.path("expr").asString()))
                        .as(title)
                        .isNotEmpty()
                        .allSatisfy(series -> assertThat(metrics).contains(AlertFiles.metricOf(series, metrics)));
            }
        }
    }

    @Test
    void theDataSourceIsAVariable() {
        assertThat(dashboard.at("/templating/list")).anySatisfy(variable -> {
            assertThat(variable.path("name").asString()).isEqualTo("datasource");
            assertThat(variable.path("type").asString()).isEqualTo("datasource");
            assertThat(variable.path("query").asString()).isEqualTo("prometheus");
        });
    }

    @Test
    void everyMetricOfTurnlaneThatAnOperatorWatchesIsShown() throws IOException {
        Set<String> shown = new TreeSet<>();
        AlertFiles.dashboardExpressions().forEach(expression -> shown.addAll(AlertFiles.seriesOf(expression)));
        for (String metric : MetricsPage.section("Gateway").keySet()) {
            if (!metric.equals("turnlane_followed_sessions")) {
                assertThat(shown).as(metric).anyMatch(series -> series.startsWith(metric));
            }
        }
    }

    @Test
    void panelsHaveTheirOwnIdsTitlesAndPlaces() {
        Set<Integer> ids = new HashSet<>();
        Set<String> titles = new HashSet<>();
        Set<String> occupied = new HashSet<>();
        for (JsonNode panel : dashboard.path("panels")) {
            assertThat(ids.add(panel.path("id").asInt())).isTrue();
            assertThat(titles.add(panel.path("title").asString())).isTrue();
            JsonNode grid = panel.path("gridPos");
            assertThat(grid.path("x").asInt() + grid.path("w").asInt()).isLessThanOrEqualTo(24);
            for (int x = 0; x < grid.path("w").asInt(); x++) {
                for (int y = 0; y < grid.path("h").asInt(); y++) {
                    assertThat(occupied.add((grid.path("x").asInt() + x) + " "
                                    + (grid.path("y").asInt() + y)))
                            .as(panel.path("title").asString())
                            .isTrue();
                }
            }
        }
    }

    private List<JsonNode> panels() {
        List<JsonNode> panels = new ArrayList<>();
        dashboard.path("panels").forEach(panel -> {
            if (!panel.path("type").asString().equals("row")) {
                panels.add(panel);
            }
        });
        return panels;
    }
}
