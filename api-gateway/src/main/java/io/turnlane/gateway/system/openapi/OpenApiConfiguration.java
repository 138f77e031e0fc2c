package io.turnlane.gateway.system.openapi;

import static io.turnlane.gateway.system.openapi.ContractModelResolver.reference;
import static io.turnlane.gateway.system.openapi.ContractModelResolver.typed;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import io.swagger.v3.core.jackson.ModelResolver;
import io.swagger.v3.core.util.Json31;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.Paths;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.turnlane.gateway.guard.caller.Caller;
import io.turnlane.gateway.guard.caller.Operator;
import io.turnlane.gateway.turns.ask.Submission;
import io.turnlane.model.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springdoc.core.providers.ObjectMapperProvider;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;

/**
 * OpenAPI description of the HTTP contract, generated from the controllers. Adds the parts that springdoc cannot find
 * by reflection.
 */
@Configuration(proxyBeanMethods = false)
class OpenApiConfiguration {

    private static final String PROBLEM = "Problem";

    /** Example of a request id. */
    private static final String REQUEST = "0192f1de-7a3c-7000-8000-000000000001";

    static {
        SpringDocUtils.getConfig().addRequestWrapperToIgnore(Caller.class, Operator.class);
    }

    /** Returns the document to which springdoc adds the operations of the controllers and their schemas. */
    @Bean
    OpenAPI openApi() {
        OpenAPI api = base().paths(null);
        api.getComponents().setSchemas(null);
        return api;
    }

    /**
     * Returns the part of the document that does not come from the controllers: {@code base.json}. It also describes
     * the paths that have no controller.
     */
    private static OpenAPI base() {
        try (InputStream json = new ClassPathResource("base.json", OpenApiConfiguration.class).getInputStream()) {
            return Json31.mapper().readValue(json, OpenAPI.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
            addOtherPaths(api);
            api.getPaths().values().stream()
                    .flatMap(path -> path.readOperations().stream())
                    .forEach(operation -> {
                        addReplayedHeader(operation);
                        addProblemResponse(operation);
                    });
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

    private static void addOtherPaths(OpenAPI api) {
        OpenAPI base = base();
        base.getPaths().forEach(api.getPaths()::addPathItem);
        base.getComponents().getSchemas().forEach(api.getComponents()::addSchemas);
        Schema<Object> code = typed("string");
        Arrays.stream(ErrorCode.values())
                .filter(one -> one.httpStatus() > 0)
                .forEach(one -> code.addEnumItemObject(one.wire()));
        api.getComponents().getSchemas().computeIfPresent(PROBLEM, (_, problem) -> problem.addProperty("code", code));
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
        operation
                .getResponses()
                .addApiResponse(
                        "default",
                        new ApiResponse()
                                .description("The call failed; `code` gives the reason")
                                .content(new Content()
                                        .addMediaType(
                                                "application/problem+json",
                                                new MediaType().schema(reference(PROBLEM)))));
    }

    private static void addPathParameterExamples(Paths paths) {
        Map<String, String> examples = Map.of("sid", "s-1", "rid", REQUEST, "bid", REQUEST, "name", "support");
        paths.values().stream()
                .flatMap(path -> path.readOperations().stream())
                .filter(operation -> operation.getParameters() != null)
                .flatMap(operation -> operation.getParameters().stream())
                .filter(parameter -> "path".equals(parameter.getIn()))
                .forEach(parameter -> parameter.setExample(examples.get(parameter.getName())));
    }
}
