package io.turnlane.gateway;

import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.backends.TestBackends;
import io.turnlane.gateway.turns.ask.TurnPublisher;
import io.turnlane.model.ServedContract;
import io.turnlane.model.topic.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Gateway on a free port, with topics of its own on the broker and Redis of the tests, and an HTTP client for it. */
public final class TestGateway implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration TIMEOUT = Duration.ofSeconds(70);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final ConfigurableApplicationContext context;
    private final TestBackends backends;
    private final Topics topics;

    private TestGateway(TestBackends backends, Topics topics, ConfigurableApplicationContext context) {
        this.backends = backends;
        this.topics = topics;
        this.context = context;
    }

    public static TestGateway start(String... settings) {
        return start(TestBackends.shared(), freshTopics(), settings);
    }

    public static Topics freshTopics() {
        return new Topics("test-" + UUID.randomUUID().toString().substring(0, 8) + ".");
    }

    /** Starts a gateway with a wrapper publisher, so that a test can delay or fail publishes. */
    public static TestGateway startPublishing(UnaryOperator<TurnPublisher> wrapper, String... settings) {
        return start(TestBackends.shared(), freshTopics(), publishersOf(wrapper), settings);
    }

    /** Starts a gateway, some of whose beans the function replaces with others of the same type. */
    public static TestGateway startReplacing(UnaryOperator<Object> beans) {
        return start(TestBackends.shared(), freshTopics(), beans);
    }

    private static UnaryOperator<Object> publishersOf(UnaryOperator<TurnPublisher> wrapper) {
        return bean -> bean instanceof TurnPublisher publisher ? wrapper.apply(publisher) : bean;
    }

    /**
     * Starts a gateway on these backends and topics.
     *
     * @param settings properties as {@code name=value}
     */
    public static TestGateway start(TestBackends backends, Topics topics, String... settings) {
        return start(backends, topics, UnaryOperator.identity(), settings);
    }

    /** Starts a gateway with a wrapper publisher on these backends and topics. */
    public static TestGateway startPublishing(
            TestBackends backends, Topics topics, UnaryOperator<TurnPublisher> wrapper, String... settings) {
        return start(backends, topics, publishersOf(wrapper), settings);
    }

    private static TestGateway start(
            TestBackends backends, Topics topics, UnaryOperator<Object> beans, String... settings) {
        Map<String, Object> properties = new LinkedHashMap<>(GatewayApplication.DEFAULTS);
        properties.put("server.port", "0");
        SpringApplication application = GatewayApplication.application();
        application.setDefaultProperties(properties);
        application.setRegisterShutdownHook(false);
        application.addInitializers(context -> context.getBeanFactory().addBeanPostProcessor(new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                return beans.apply(bean);
            }
        }));
        Map<String, String> own = backends.gatewayProperties();
        own.put("turnlane.topics.prefix", topics.prefix());
        own.put("turnlane.topics.partitions", "3");
        own.put("server.port", "0");
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            own.put(setting.substring(0, equals), setting.substring(equals + 1));
        }
        String[] arguments = own.entrySet().stream()
                .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
                .toArray(String[]::new);
        return new TestGateway(backends, topics, application.run(arguments));
    }

    public TestBackends backends() {
        return backends;
    }

    public Topics topics() {
        return topics;
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    public <T> T bean(String name, Class<T> type) {
        return context.getBean(name, type);
    }

    /** Returns all beans of this type. */
    public <T> Collection<T> beans(Class<T> type) {
        return context.getBeansOfType(type).values();
    }

    public int port() {
        return Integer.parseInt(context.getEnvironment().getRequiredProperty("local.server.port"));
    }

    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    public HttpClient http() {
        return http;
    }

    public HttpReply get(String path, String... headers) {
        return send(request(path, headers).GET());
    }

    public HttpReply delete(String path) {
        return send(request(path).DELETE());
    }

    public HttpReply post(String path, String json, String... headers) {
        return send(request(path, headers)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json)));
    }

    public HttpReply put(String path, String json) {
        return send(request(path).header("Content-Type", "application/json").PUT(BodyPublishers.ofString(json)));
    }

    public HttpReply patch(String path, String json) {
        return send(request(path)
                .header("Content-Type", "application/json")
                .method("PATCH", BodyPublishers.ofString(json)));
    }

    /** Asks a question. The body of the reply is the accepted request. */
    public HttpReply ask(String session, String question) {
        return post("/v1/sessions/" + session + "/requests", JSON.writeValueAsString(Map.of("question", question)));
    }

    public SseClient stream(String path, String... headers) {
        try {
            var response = http.send(request(path, headers).GET().build(), BodyHandlers.ofInputStream());
            return new SseClient(response);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public HttpRequest.Builder request(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).timeout(TIMEOUT);
        return headers.length == 0 ? request : request.headers(headers);
    }

    /** Sends a request and checks the response against the OpenAPI document of the gateway. */
    public HttpReply send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
            ServedContract.check(response);
            return new HttpReply(response);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Reply to a call. */
    public record HttpReply(HttpResponse<String> response) {

        public int status() {
            return response.statusCode();
        }

        public String header(String name) {
            return response.headers().firstValue(name).orElse(null);
        }

        public JsonNode json() {
            return JSON.readTree(response.body());
        }

        public String text(String field) {
            return json().path(field).asString(null);
        }
    }

    /** Waits until the gateway counts no stream, socket or wait, so that all places for clients are free. */
    public void awaitNoClients() {
        await().alias("the clients of earlier tests are gone")
                .until(() -> bean(MeterRegistry.class)
                                .get("turnlane.clients")
                                .gauge()
                                .value()
                        == 0);
    }

    /** Stops the gateway, but not the HTTP client and its connections. */
    public void stop() {
        context.close();
    }

    @Override
    public void close() {
        http.shutdownNow();
        context.close();
    }
}
