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

/** The description of the HTTP contract, made from the controllers and told what reflection can't see. */
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

    /** In OpenAPI 3.1 a schema's type is a JSON Schema one. */
    private static Schema<?> typed(String type) {
        JsonSchema schema = new JsonSchema();
        schema.addType(type);
        return schema;
    }

    private static Schema<Object> words(Stream<String> all) {
        JsonSchema schema = new JsonSchema();
        schema.addType("string");
        all.forEach(schema::addEnumItemObject);
        return schema;
    }

    @Bean
    OpenAPI openApi() {
        return new OpenAPI()
                .addServersItem(new Server().url("/"))
                .info(new Info()
                        .title("Turnlane")
                        .version("1")
                        .description("A queue in front of any conversational agent. Turns of one session run in order; "
                                + "answers arrive as they are made, by server-sent events, WebSocket or poll.")
                        .license(new License().name("Apache-2.0").identifier("Apache-2.0")))
                .components(new Components().addSecuritySchemes(BEARER, bearer()))
                .addSecurityItem(new SecurityRequirement().addList(BEARER))
                .addSecurityItem(new SecurityRequirement());
    }

    /** It is the same for keys and tokens; without authentication none is needed. */
    private static SecurityScheme bearer() {
        return new SecurityScheme()
                .type(SecurityScheme.Type.HTTP)
                .scheme("bearer")
                .description(
                        "An API key, `tl_<id>_<secret>`, or a token of the configured issuer. Scopes: `ask` to ask and "
                                + "change, `read` to read and follow, `ops` for quarantine, figures and metrics. Where the gateway "
                                + "runs without authentication, nothing is to be sent.");
    }

    /** Fields are snake_case here too. */
    @Bean
    ModelResolver modelResolver(ObjectMapperProvider provider) {
        return new ModelResolver(
                provider.jsonMapper().copy().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE));
    }

    @Bean
    OpenApiCustomizer problemsAndPlumbing() {
        return api -> {
            api.getComponents().getSchemas().values().forEach(OpenApiConfiguration::nameStatuses);
            api.getComponents().addSchemas(PROBLEM, problem());
            api.getPaths().values().stream()
                    .flatMap(path -> path.readOperations().stream())
                    .forEach(operation -> {
                        mayBeReplayed(operation);
                        mayFail(operation);
                    });
            addPlumbing(api.getPaths());
        };
    }

    /** A {@code status} of ours is one of these words. */
    private static void nameStatuses(Schema<?> schema) {
        if (schema.getProperties() != null && schema.getProperties().containsKey("status")) {
            schema.getProperties()
                    .put("status", words(Arrays.stream(RequestStatus.values()).map(RequestStatus::wire)));
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
                .addProperty("code", words(codes))
                .addProperty("request_id", typed("string").format("uuid"));
    }

    /** Whoever takes a key says whether the answer is an earlier call's. */
    private static void mayBeReplayed(Operation operation) {
        List<Parameter> parameters = operation.getParameters();
        if (parameters != null && parameters.stream().anyMatch(one -> "Idempotency-Key".equals(one.getName()))) {
            Header replayed = new Header()
                    .description("`true` where an earlier call under the same Idempotency-Key asked this")
                    .schema(typed("string"));
            operation
                    .getResponses()
                    .values()
                    .forEach(response -> response.addHeaderObject(Submission.REPLAYED, replayed));
        }
    }

    private static void mayFail(Operation operation) {
        operation.getResponses().addApiResponse("default", refusal());
    }

    private static ApiResponse refusal() {
        Schema<?> problem = new Schema<>().$ref("#/components/schemas/" + PROBLEM);
        return new ApiResponse()
                .description("Refused; `code` says why")
                .content(new Content().addMediaType("application/problem+json", new MediaType().schema(problem)));
    }

    private static void addPlumbing(Paths paths) {
        paths.addPathItem(SocketEndpoint.PATH, socket());
        paths.addPathItem("/livez", open(probe("Whether the gateway lives")));
        paths.addPathItem("/readyz", open(probe("Whether the gateway follows the log and takes calls")));
        paths.addPathItem("/actuator/prometheus", plain("Metrics", "text/plain"));
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
                                "A page, which can't set headers, offers a ticket of `POST /v1/ws-tickets` as second "
                                        + "subprotocol: `turnlane.v1, ticket.<ticket>`.")
                        .addParametersItem(protocol)
                        .responses(new ApiResponses()
                                .addApiResponse("101", new ApiResponse().description("Switching protocols"))
                                .addApiResponse("default", refusal())));
    }

    private static PathItem open(PathItem path) {
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
                                        new ApiResponse().description("Yes").content(content))));
    }
}
