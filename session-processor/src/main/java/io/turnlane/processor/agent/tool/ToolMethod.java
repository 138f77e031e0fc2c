package io.turnlane.processor.agent.tool;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.agent.tool.ToolSpecifications;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Java method as a tool. Thread-safe, as far as the method is. */
final class ToolMethod {

    /** Names that model services accept. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private static final JsonMapper JSON = JsonMapper.shared();

    private final ToolMethods object;
    private final Method method;
    private final List<String> parameterNames;
    private final ToolSpecification specification;
    private final Schema schema;

    /** @throws IllegalStateException if the method cannot be a tool; the message names the method and the reason */
    ToolMethod(ToolMethods object, Method method) {
        this.object = object;
        this.method = method;
        this.parameterNames =
                Arrays.stream(method.getParameters()).map(ToolMethod::nameOf).toList();
        this.specification = ToolSpecifications.toolSpecificationFrom(method);
        this.schema = schema(specification);
        check();
        method.setAccessible(true); // a public method of a class that is not public
    }

    private void check() {
        if (!NAME.matcher(name()).matches()) {
            throw unusable("The name of a tool must match " + NAME);
        }
        for (Parameter parameter : method.getParameters()) {
            P description = parameter.getAnnotation(P.class);
            boolean isNamed = parameter.isNamePresent()
                    || (description != null && !description.name().isEmpty());
            if (!isNamed) {
                throw unusable("Name its parameters with @P, or compile it with -parameters");
            }
            if (description != null
                    && !description.required()
                    && parameter.getType().isPrimitive()) {
                throw unusable("An optional parameter must not be primitive");
            }
        }
    }

    private static String nameOf(Parameter parameter) {
        P description = parameter.getAnnotation(P.class);
        return description == null || description.name().isEmpty() ? parameter.getName() : description.name();
    }

    private IllegalStateException unusable(String reason) {
        return new IllegalStateException(method + " cannot be a tool. " + reason + ".");
    }

    private static Schema schema(ToolSpecification specification) {
        ObjectNode schema = JSON.readTree(specification.toJson()).withObject("parameters");
        schema.put("type", "object").put("additionalProperties", false);
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(schema);
    }

    String name() {
        return specification.name();
    }

    ToolSpecification specification() {
        return specification;
    }

    ClassLoader classLoader() {
        return object.getClass().getClassLoader();
    }

    /**
     * Reads the arguments of a call.
     *
     * @param json JSON object; empty for no arguments
     * @return the values of the method's parameters
     * @throws IllegalArgumentException if the arguments do not match the schema
     */
    @Nullable
    Object[] arguments(String json) {
        JsonNode arguments;
        try {
            arguments = json.isBlank() ? JSON.createObjectNode() : JSON.readTree(json);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("they are not valid JSON", e);
        }
        String violations = schema
                .validate(arguments, context -> context.executionConfig(config -> config.locale(Locale.ENGLISH)))
                .stream()
                .map(Object::toString)
                .limit(10)
                .collect(Collectors.joining("; "));
        if (!violations.isEmpty()) {
            throw new IllegalArgumentException(violations);
        }
        Parameter[] parameters = method.getParameters();
        @Nullable Object[] values = new Object[parameters.length];
        try {
            Arrays.setAll(values, i -> value(arguments.get(parameterNames.get(i)), parameters[i]));
        } catch (JacksonException e) {
            throw new IllegalArgumentException("a value does not fit its type", e);
        }
        return values;
    }

    private static @Nullable Object value(@Nullable JsonNode value, Parameter parameter) {
        return value == null ? null : JSON.convertValue(value, JSON.constructType(parameter.getParameterizedType()));
    }

    /** Calls the method. */
    ToolResult call(@Nullable Object[] arguments) throws Exception {
        try {
            return switch (method.invoke(object, arguments)) {
                case null -> ToolResult.ofText("Done.");
                case ToolResult result -> result;
                case String text -> ToolResult.ofText(text);
                case Object value -> ToolResult.ofText(JSON.writeValueAsString(value));
            };
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }
}
