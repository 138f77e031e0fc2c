package io.turnlane.gateway.system.openapi;

import static io.turnlane.gateway.system.openapi.ContractModelResolver.reference;
import static io.turnlane.gateway.system.openapi.ContractModelResolver.typed;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import io.swagger.v3.core.jackson.ModelResolver;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.Paths;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.info.License;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.JsonSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.oas.models.servers.Server;
import io.swagger.v3.oas.models.tags.Tag;
import io.turnlane.gateway.guard.caller.Caller;
import io.turnlane.gateway.guard.caller.Operator;
import io.turnlane.gateway.turns.ask.Submission;
import io.turnlane.gateway.turns.socket.SocketEndpoint;
import io.turnlane.model.ErrorCode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springdoc.core.providers.ObjectMapperProvider;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * OpenAPI description of the HTTP contract, generated from the controllers. Adds the parts that springdoc cannot find
 * by reflection.
 */
@Configuration(proxyBeanMethods = false)
class OpenApiConfiguration {

    private static final String PROBLEM = "Problem";
    private static final String HEALTH = "Health";
    private static final String BEARER = "bearer";

    /** Media types of health reports, which depend on the Accept header. */
    private static final List<String> ACTUATOR =
            List.of("application/vnd.spring-boot.actuator.v3+json", "application/vnd.spring-boot.actuator.v2+json");

    /** Groups of operations in the order of the documentation page. */
    private static final List<Tag> TAGS = List.of(
            tag("ask", "Ask a question"),
            tag("short forms", "Ask a question and get its answer in one call"),
            tag("requests", "Questions and commands that were accepted"),
            tag("events", "Answers as the agent produces them"),
            tag("sessions", "Conversations"),
            tag("agents", "Agents that answer"),
            tag("quarantine", "Failed turns, for operators"),
            tag("system", "Health, metrics and statistics"));

    static {
        SpringDocUtils.getConfig().addRequestWrapperToIgnore(Caller.class, Operator.class);
    }

    private static Tag tag(String name, String description) {
        return new Tag().name(name).description(description);
    }

    private static Schema<Object> stringEnum(Stream<String> values) {
        JsonSchema schema = new JsonSchema();
        schema.addType("string");
        values.forEach(schema::addEnumItemObject);
        return schema;
    }

    @Bean
    OpenAPI openApi() {
        return new OpenAPI()
                .addServersItem(new Server().url("/"))
                .tags(TAGS)
                .info(new Info()
                        .title("Turnlane API")
                        .version("1")
                        .description("Turnlane is a queue in front of any conversational agent. Turns of one session "
                                + "run in order. Clients receive answers as the agent produces them, by server-sent "
                                + "events, WebSocket or poll.\n\n"
                                + "To start, ask a question with `POST /ask`, which waits for the answer. For answers "
                                + "that take longer, ask with `POST /v1/sessions/{sid}/requests` and follow the "
                                + "request's events.")
                        .license(new License().name("Apache-2.0").identifier("Apache-2.0")))
                .components(new Components().addSecuritySchemes(BEARER, bearer()))
                .addSecurityItem(new SecurityRequirement().addList(BEARER))
                .addSecurityItem(new SecurityRequirement());
    }

    /**
     * Describes API keys and tokens in one security scheme. Calls to a gateway without authentication need no
     * credentials.
     */
    private static SecurityScheme bearer() {
        return new SecurityScheme()
                .type(SecurityScheme.Type.HTTP)
                .scheme("bearer")
                .description(
                        "An API key, `tl_<id>_<secret>`, or a token of the configured issuer. Scopes: `ask` to ask and "
                                + "change, `read` to read and follow, `ops` for quarantine, statistics and metrics. "
                                + "If the gateway runs without authentication, send no credentials.");
    }

    /** Makes the schemas use snake_case, like the JSON itself. */
    @Bean
    ModelResolver modelResolver(ObjectMapperProvider provider) {
        return new ContractModelResolver(
                provider.jsonMapper().copy().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE));
    }

    @Bean
    OpenApiCustomizer problemsAndOtherPaths() {
        return api -> {
            describeErrorCodes(api.getComponents());
            describeSessions(api.getComponents());
            api.getComponents().addSchemas(PROBLEM, problem()).addSchemas(HEALTH, health());
            api.getPaths().values().stream()
                    .flatMap(path -> path.readOperations().stream())
                    .forEach(operation -> {
                        addReplayedHeader(operation);
                        addProblemResponse(operation);
                    });
            addOtherPaths(api.getPaths());
            addPathParameterExamples(api.getPaths());
            OpenApiExamples.load().addTo(api);
        };
    }

    /**
     * Describes the error code of a failed request as a string. An enumeration would be wrong, because agents and newer
     * versions can use other codes.
     */
    private static void describeErrorCodes(Components components) {
        String codes = Arrays.stream(ErrorCode.values())
                .filter(one -> one.httpStatus() == 0)
                .map(one -> "`" + one.wire() + "`")
                .collect(Collectors.joining(", "));
        Schema<?> code = typed("string")
                .description("One of " + codes + ", the code of a problem, or a code that the agent chose");
        components.getSchemas().computeIfPresent("TurnError", (_, error) -> error.addProperty("code", code));
    }

    private static void describeSessions(Components components) {
        components.getSchemas().computeIfPresent("SessionContext", (_, session) -> {
            describe(
                    session,
                    "request_count",
                    "Number of turns that completed. Failed and cancelled turns do not count.");
            describe(
                    session,
                    "total_processing_time",
                    "Seconds from acceptance to the end, summed over these turns. Includes their waiting.");
            return session;
        });
    }

    private static void describe(Schema<?> schema, String property, String text) {
        if (((Map<?, ?>) schema.getProperties()).get(property) instanceof Schema<?> described) {
            described.setDescription(text);
        }
    }

    private static Schema<?> problem() {
        Stream<String> codes = Arrays.stream(ErrorCode.values())
                .filter(one -> one.httpStatus() > 0)
                .map(ErrorCode::wire);
        Schema<Object> problem = typed("object");
        problem.required(List.of("type", "title", "status", "code"))
                .description("Error response (RFC 9457)")
                .addProperty("type", typed("string").example("urn:turnlane:problem:invalid_request"))
                .addProperty("title", typed("string"))
                .addProperty("status", typed("integer"))
                .addProperty("detail", typed("string"))
                .addProperty("instance", typed("string").description("Path of the call"))
                .addProperty("code", stringEnum(codes))
                .addProperty(
                        "request_id", typed("string").format("uuid").description("Request that the error is about"))
                .addProperty("retry_after", typed("integer").description("Seconds after which a retry may succeed"));
        return problem;
    }

    private static Schema<?> health() {
        Schema<Object> health = typed("object");
        health.required(List.of("status"))
                .addProperty("status", stringEnum(Stream.of("UP", "DEGRADED", "OUT_OF_SERVICE", "DOWN", "UNKNOWN")))
                .addProperty("description", typed("string"))
                .addProperty("groups", typed("array").items(typed("string")));
        return health;
    }

    private static void addReplayedHeader(Operation operation) {
        List<Parameter> parameters = operation.getParameters();
        if (parameters != null && parameters.stream().anyMatch(one -> "Idempotency-Key".equals(one.getName()))) {
            Header replayed = new Header()
                    .description("`true` if an earlier call with the same Idempotency-Key asked this question")
                    .schema(typed("string"));
            operation
                    .getResponses()
                    .values()
                    .forEach(response -> response.addHeaderObject(Submission.REPLAYED, replayed));
        }
    }

    private static void addProblemResponse(Operation operation) {
        operation.getResponses().addApiResponse("default", problemResponse());
    }

    private static ApiResponse problemResponse() {
        return new ApiResponse()
                .description("The call failed; `code` gives the reason")
                .content(new Content()
                        .addMediaType("application/problem+json", new MediaType().schema(reference(PROBLEM))));
    }

    private static void addPathParameterExamples(Paths paths) {
        Map<String, String> examples = Map.of("sid", "s-1", "rid", "0192f1de-7a3c-7000-8000-000000000001");
        paths.values().stream()
                .flatMap(path -> path.readOperations().stream())
                .filter(operation -> operation.getParameters() != null)
                .flatMap(operation -> operation.getParameters().stream())
                .filter(parameter -> "path".equals(parameter.getIn()))
                .forEach(parameter -> parameter.setExample(examples.get(parameter.getName())));
    }

    private static void addOtherPaths(Paths paths) {
        paths.addPathItem(SocketEndpoint.PATH, socket());
        paths.addPathItem("/livez", probe("getLiveness", "Check that the gateway is alive"));
        paths.addPathItem("/readyz", probe("getReadiness", "Check that the gateway is ready to serve calls"));
        paths.addPathItem("/actuator/health", healthPath("getHealth", "Get the health of the gateway"));
        Content metrics = new Content().addMediaType("text/plain", new MediaType().schema(typed("string")));
        Operation prometheus = new Operation()
                .summary("Get metrics in Prometheus format")
                .operationId("getMetrics")
                .tags(List.of("system"))
                .responses(new ApiResponses()
                        .addApiResponse(
                                "200", new ApiResponse().description("OK").content(metrics))
                        .addApiResponse("default", problemResponse()));
        paths.addPathItem("/actuator/prometheus", new PathItem().get(prometheus));
    }

    private static PathItem socket() {
        Parameter protocol = new Parameter()
                .in("header")
                .name("Sec-WebSocket-Protocol")
                .required(true)
                .schema(typed("string"))
                .example("turnlane.v1");
        return new PathItem()
                .get(new Operation()
                        .summary("WebSocket: ask and follow many sessions on one connection")
                        .operationId("openSocket")
                        .tags(List.of("events"))
                        .description(
                                "A web page cannot set headers. It offers a ticket from `POST /v1/ws-tickets` as the "
                                        + "second subprotocol instead: `turnlane.v1, ticket.<ticket>`.")
                        .addParametersItem(protocol)
                        .responses(new ApiResponses()
                                .addApiResponse("101", new ApiResponse().description("Switching protocols"))
                                .addApiResponse("default", problemResponse())));
    }

    private static PathItem probe(String id, String summary) {
        PathItem path = healthPath(id, summary);
        path.getGet().setSecurity(List.of());
        return path;
    }

    private static PathItem healthPath(String id, String summary) {
        MediaType health = new MediaType().schema(reference(HEALTH));
        Content content = new Content().addMediaType("application/json", health);
        ACTUATOR.forEach(type -> content.addMediaType(type, health));
        return new PathItem()
                .get(new Operation()
                        .summary(summary)
                        .operationId(id)
                        .tags(List.of("system"))
                        .responses(new ApiResponses()
                                .addApiResponse(
                                        "200",
                                        new ApiResponse().description("Healthy").content(content))
                                .addApiResponse(
                                        "503",
                                        new ApiResponse()
                                                .description("Not healthy")
                                                .content(content))
                                .addApiResponse("default", problemResponse())));
    }
}
