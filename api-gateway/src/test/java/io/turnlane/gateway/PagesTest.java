package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.gateway.TestGateway.HttpReply;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;

/** Everything served besides the HTTP contract: API description, documentation, files of the page, health, metrics. */
class PagesTest {

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/webjars/marked/lib/marked.esm.js",
                "/lib/dompurify/purify.es.mjs",
                "/lib/vega/vega.min.js",
                "/lib/vega/vega-lite.min.js",
                "/lib/vega/vega-interpreter.js"
            })
    void servesThePagesLibrariesWithoutTheirVersion(String path) {
        HttpReply reply = gateway.get(path);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("Content-Type")).startsWith("text/javascript");
        assertThat(reply.header("Cache-Control")).isEqualTo("no-cache");
        HttpReply again = gateway.get(path, "If-None-Match", reply.header("ETag"));
        assertThat(again.status()).isEqualTo(304);
        assertThat(gateway.get(path, "If-None-Match", "\"other\"").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/v1/agents", "/nothing", "/webjars/marked/lib/marked.esm.js", "/livez"})
    void setsAContentSecurityPolicy(String path) {
        HttpReply reply = gateway.get(path);
        assertThat(reply.header("Content-Security-Policy"))
                .isEqualTo("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
                        + "connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; "
                        + "form-action 'none'; frame-ancestors 'none'");
        assertThat(reply.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(reply.header("Referrer-Policy")).isEqualTo("no-referrer");
        assertThat(reply.header("X-Request-Id")).isNotNull();
    }

    @Test
    void servesThePageWithRevalidation() {
        HttpReply page = gateway.get("/");
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.header("Content-Type")).startsWith("text/html");
        assertThat(page.header("Cache-Control")).isEqualTo("no-cache");
        assertThat(gateway.get("/", "If-None-Match", page.header("ETag")).status())
                .isEqualTo(304);
    }

    @Test
    void browsersKeepTheFilesOfThePageForAYearUnderAPathThatChangesWithTheirContent() {
        String page = gateway.get("/").response().body();
        assertThat(page).doesNotContainPattern("(href|src)=\"/(css|icons|js|lib|webjars)/");
        Matcher path =
                Pattern.compile("src=\"(/assets/[0-9a-f]{12}/)js/main\\.js\"").matcher(page);
        assertThat(path.find()).isTrue();
        for (String file : List.of("js/main.js", "css/turn.css", "webjars/marked/lib/marked.esm.js")) {
            HttpReply kept = gateway.get(path.group(1) + file);
            assertThat(kept.status()).as(file).isEqualTo(200);
            assertThat(kept.header("Cache-Control")).isEqualTo("max-age=31536000, public, immutable");
            HttpReply ofAnotherVersion = gateway.get("/assets/0123456789ab/" + file);
            assertThat(ofAnotherVersion.status()).as(file).isEqualTo(200);
            assertThat(ofAnotherVersion.header("Cache-Control")).isEqualTo("no-cache");
            assertThat(ofAnotherVersion.response().body())
                    .isEqualTo(kept.response().body());
        }
        assertThat(gateway.get("/assets/0123456789ab/js/nothing.js").status()).isEqualTo(404);
    }

    @Test
    void servesTheConsoleWithTheVersionInThePathsOfItsFiles() {
        HttpReply page = gateway.get("/console");
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.header("Content-Type")).startsWith("text/html");
        assertThat(page.header("Cache-Control")).isEqualTo("no-cache");
        String text = page.response().body();
        assertThat(text).doesNotContainPattern("(href|src)=\"/(console|css|icons|js|lib|webjars)/");
        Matcher script = Pattern.compile("src=\"(/assets/[0-9a-f]{12}/console/js/main\\.js)\"")
                .matcher(text);
        assertThat(script.find()).isTrue();
        HttpReply kept = gateway.get(script.group(1));
        assertThat(kept.status()).isEqualTo(200);
        assertThat(kept.header("Cache-Control")).isEqualTo("max-age=31536000, public, immutable");
    }

    @Test
    void ignoresTheRequestIdThatAClientSends() {
        assertThat(gateway.get("/v1/agents", "X-Request-Id", "mine").header("X-Request-Id"))
                .isNotNull()
                .isNotEqualTo("mine");
    }

    @Test
    void describesEveryRouteThatIsServed() {
        JsonNode api = gateway.get("/openapi.json").json();
        Set<String> described = new TreeSet<>(api.path("paths").propertyNames());
        Set<String> served = new TreeSet<>();
        gateway.bean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
                .getHandlerMethods()
                .forEach((mapping, method) -> {
                    if (method.getBeanType().getPackageName().startsWith("io.turnlane")) {
                        served.addAll(mapping.getPatternValues());
                    }
                });
        served.remove("/error");
        served.add("/v1/ws");
        served.add("/livez");
        served.add("/readyz");
        served.add("/actuator/health");
        served.add("/actuator/prometheus");
        assertThat(described).isEqualTo(served);
        assertThat(served).contains("/v1/sessions/{sid}/requests", "/ask", "/ask-stream", "/api/stats");
    }

    @Test
    void describesTheIdempotencyKeyOfEveryWayToAsk() {
        JsonNode paths = gateway.get("/openapi.json").json().path("paths");
        for (String path : List.of("/v1/sessions/{sid}/requests", "/v1/requests", "/ask", "/ask-stream")) {
            JsonNode ask = paths.path(path).path("post");
            assertThat(ask.path("parameters").findValuesAsString("name"))
                    .as(path)
                    .contains("Idempotency-Key");
            assertThat(ask.path("responses").findParents("headers"))
                    .as(path)
                    .isNotEmpty()
                    .allMatch(response -> response.path("headers").has("Idempotency-Replayed"));
        }
    }

    @Test
    void describesFieldsAsTheyAreOnTheWire() {
        JsonNode schemas =
                gateway.get("/openapi.json").json().path("components").path("schemas");
        JsonNode request = schemas.path("RequestResource").path("properties");
        assertThat(request.propertyNames()).contains("request_id", "processing_stage", "created_at");
        assertThat(request.path("request_id").path("type").asString()).isEqualTo("string");
        assertThat(request.path("processing_time").path("type")).hasToString("[\"number\",\"null\"]");
        assertThat(request.path("status").path("enum")).hasSize(8);
        assertThat(schemas.path("Problem").path("properties").propertyNames()).contains("code");
    }

    @Test
    void showsTheDescriptionOnAPageWithItsOwnPolicy() {
        HttpReply docs = gateway.get("/docs");
        assertThat(docs.status()).isEqualTo(302);
        HttpReply page = gateway.get("/swagger-ui/index.html");
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.header("Content-Security-Policy"))
                .contains("default-src 'none'", "style-src 'self' 'unsafe-inline'")
                .doesNotContain("http:", "https:", "script-src 'self' 'unsafe");
        String settings =
                gateway.get("/swagger-ui/swagger-initializer.js").response().body();
        assertThat(settings).contains("/openapi.json", "Turnlane API").doesNotContain("StandaloneLayout\",");
    }

    @Test
    void reportsThatItIsAliveAndReady() {
        assertThat(gateway.get("/livez").text("status")).isEqualTo("UP");
        assertThat(gateway.get("/readyz").text("status")).isEqualTo("UP");
    }

    @Test
    void exposesMetricsAndNoOtherActuatorEndpoint() {
        assertThat(gateway.get("/actuator/prometheus").response().body())
                .contains(
                        "turnlane_streams", "turnlane_sockets", "turnlane_clients", "turnlane_events_delivered_total");
        for (String path :
                new String[] {"/actuator/env", "/actuator/heapdump", "/actuator/beans", "/actuator/loggers"}) {
            assertThat(gateway.get(path).status()).as(path).isEqualTo(404);
        }
    }
}
