package io.turnlane.gateway.system;

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
import io.turnlane.gateway.ask.Submission;
import io.turnlane.gateway.caller.Caller;
import io.turnlane.gateway.caller.Operator;
import io.turnlane.gateway.socket.SocketEndpoint;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionId;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
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
    private static final String BEARER = "bearer";

    static {
        SpringDocUtils.getConfig()
                .replaceWithClass(RequestId.class, UUID.class)
                .replaceWithClass(SessionId.class, String.class)
                .replaceWithClass(Duration.class, Double.class)
                .replaceWithClass(RequestStatus.class, String.class)
                .addRequestWrapperToIgnore(Caller.class, Operator.class);
    }

    /** Returns a schema in the JSON Schema form that OpenAPI 3.1 uses. */
    private static Schema<?> typed(String type) {
        JsonSchema schema = new JsonSchema();
        schema.addType(type);
        return schema;
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
                .info(new Info()
                        .title("Turnlane")
                        .version("1")
                        .description("A queue in front of any conversational agent. Turns of one session run in order. "
                                + "Clients receive answers as the agent produces them, by server-sent events, "
                                + "WebSocket or poll.")
                        .license(new License().name("Apache-2.0").identifier("Apache-2.0")))
                .components(new Components().addSecuritySchemes(BEARER, bearer()))
                .addSecurityItem(new SecurityRequirement().addList(BEARER))
                .addSecurityItem(new SecurityRequirement());
    }

    /** Describes API keys and tokens by one scheme. Without authentication no credentials are needed. */
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
        return new ModelResolver(
                provider.jsonMapper().copy().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE));
    }

    @Bean
    OpenApiCustomizer problemsAndOtherPaths() {
        return api -> {
            api.getComponents().getSchemas().values().forEach(OpenApiConfiguration::nameStatuses);
            api.getComponents().addSchemas(PROBLEM, problem());
            api.getPaths().values().stream()
                    .flatMap(path -> path.readOperations().stream())
                    .forEach(operation -> {
                        addReplayedHeader(operation);
                        addProblemResponse(operation);
                    });
            addOtherPaths(api.getPaths());
        };
    }

    /** Lists the possible values of every {@code status} property. */
    private static void nameStatuses(Schema<?> schema) {
        if (schema.getProperties() != null && schema.getProperties().containsKey("status")) {
            schema.getProperties()
                    .put(
                            "status",
                            stringEnum(Arrays.stream(RequestStatus.values()).map(RequestStatus::wire)));
        }
    }

    private static Schema<?> problem() {
        Stream<String> codes = Arrays.stream(ErrorCode.values())
                .filter(one -> one.httpStatus() > 0)
                .map(ErrorCode::wire);
        return typed("object")
                .description("RFC 9457")
                .addProperty("type", typed("string").example("urn:turnlane:problem:invalid_request"))
                .addProperty("title", typed("string"))
                .addProperty("status", typed("integer"))
                .addProperty("detail", typed("string"))
                .addProperty("instance", typed("string"))
                .addProperty("code", stringEnum(codes))
                .addProperty("request_id", typed("string").format("uuid"));
    }

    /** Adds the {@code Idempotency-Replayed} response header to the operations that accept an Idempotency-Key. */
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
        Schema<?> problem = new Schema<>().$ref("#/components/schemas/" + PROBLEM);
        return new ApiResponse()
                .description("The call failed; `code` gives the reason")
                .content(new Content().addMediaType("application/problem+json", new MediaType().schema(problem)));
    }

    private static void addOtherPaths(Paths paths) {
        paths.addPathItem(SocketEndpoint.PATH, socket());
        paths.addPathItem("/livez", withoutCredentials(probe("Check that the gateway is alive")));
        paths.addPathItem("/readyz", withoutCredentials(probe("Check that the gateway is ready to serve calls")));
        paths.addPathItem("/actuator/prometheus", plain("Get metrics in Prometheus format", "text/plain"));
    }

    private static PathItem socket() {
        Parameter protocol = new Parameter()
                .in("header")
                .name("Sec-WebSocket-Protocol")
                .required(true)
                .schema(typed("string").example("turnlane.v1"));
        return new PathItem()
                .get(new Operation()
                        .summary("WebSocket: ask and follow many sessions on one connection")
                        .operationId("socket")
                        .tags(List.of("events"))
                        .description(
                                "A web page cannot set headers. It offers a ticket from `POST /v1/ws-tickets` as the "
                                        + "second subprotocol instead: `turnlane.v1, ticket.<ticket>`.")
                        .addParametersItem(protocol)
                        .responses(new ApiResponses()
                                .addApiResponse("101", new ApiResponse().description("Switching protocols"))
                                .addApiResponse("default", problemResponse())));
    }

    private static PathItem withoutCredentials(PathItem path) {
        path.readOperations().forEach(operation -> operation.setSecurity(List.of()));
        return path;
    }

    private static PathItem probe(String summary) {
        return plain(summary, "application/json");
    }

    private static PathItem plain(String summary, String mediaType) {
        Content content = new Content().addMediaType(mediaType, new MediaType());
        return new PathItem()
                .get(new Operation()
                        .summary(summary)
                        .tags(List.of("system"))
                        .responses(new ApiResponses()
                                .addApiResponse(
                                        "200",
                                        new ApiResponse().description("OK").content(content))));
    }
}
