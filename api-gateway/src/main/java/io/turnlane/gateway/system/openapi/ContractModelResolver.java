package io.turnlane.gateway.system.openapi;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverter;
import io.swagger.v3.core.converter.ModelConverterContext;
import io.swagger.v3.core.jackson.ModelResolver;
import io.swagger.v3.oas.models.media.JsonSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.WireFormat;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.AnnotatedElementUtils;

/**
 * Derives the schema of a record from the JSON that the JSON mapper writes for this record.
 *
 * <ul>
 *   <li>In a response, a component is required, except if the mapper omits null or empty values of this component. A
 *       {@link Nullable} component can be null.
 *   <li>In a request, which is a record with a name that ends in {@code Body}, {@link Nullable} means optional.
 *   <li>Ids, times, durations and enumerations have the form that {@link WireFormat} gives them.
 * </ul>
 */
final class ContractModelResolver extends ModelResolver {

    private static final PropertyNamingStrategies.SnakeCaseStrategy NAMES =
            new PropertyNamingStrategies.SnakeCaseStrategy();

    private final WireFormat wire = new WireFormat();

    ContractModelResolver(ObjectMapper mapper) {
        super(mapper);
        openapi31(true);
    }

    /** Returns a schema in the JSON Schema form that OpenAPI 3.1 uses. */
    static Schema<Object> typed(String type) {
        JsonSchema schema = new JsonSchema();
        schema.addType(type);
        return schema;
    }

    static Schema<Object> reference(String schema) {
        JsonSchema reference = new JsonSchema();
        reference.set$ref("#/components/schemas/" + schema);
        return reference;
    }

    @Override
    public @Nullable Schema<?> resolve(
            AnnotatedType type, ModelConverterContext context, Iterator<ModelConverter> next) {
        Class<?> raw = _mapper.constructType(type.getType()).getRawClass();
        Schema<?> scalar = scalar(raw);
        if (scalar != null) {
            resolveSchemaMembers(scalar, type);
            return scalar;
        }
        Schema<?> schema = super.resolve(type, context, next);
        if (schema != null && raw.isRecord()) {
            Schema<?> model = schema.get$ref() == null
                    ? schema
                    : context.getDefinedModels().get(schema.get$ref().replaceFirst(".*/", ""));
            if (model != null && model.getProperties() != null) {
                describe(raw, model);
            }
        }
        return schema;
    }

    private @Nullable Schema<?> scalar(Class<?> raw) {
        if (raw == RequestId.class) {
            return typed("string").format("uuid");
        } else if (raw == SessionId.class) {
            return typed("string").pattern("^[A-Za-z0-9._-]{1,128}$");
        } else if (raw == Instant.class) {
            return typed("string").format("date-time").pattern("\\.\\d{3}Z$");
        } else if (raw == Duration.class) {
            return typed("number").format("double").minimum(BigDecimal.ZERO);
        } else if (raw == Object.class) {
            return new JsonSchema();
        } else if (raw.isEnum()) {
            Schema<Object> names = typed("string");
            for (Object constant : Objects.requireNonNull(raw.getEnumConstants())) {
                names.addEnumItemObject(text(constant));
            }
            return names;
        }
        return null;
    }

    private String text(Object constant) {
        String json = new String(wire.writeValue(constant), StandardCharsets.UTF_8);
        return json.substring(1, json.length() - 1);
    }

    private static void describe(Class<?> type, Schema<?> model) {
        boolean request = type.getSimpleName().endsWith("Body");
        model.addType("object");
        List<String> required = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            String name = name(component);
            Schema<?> property = Objects.requireNonNull(model.getProperties().get(name), name);
            boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
            boolean omitted = omitted(component);
            if (request ? !nullable || isRequired(component) : !omitted) {
                required.add(name);
            }
            if (nullable && !request && !omitted) {
                model.addProperty(name, orNull(property));
            }
        }
        model.setRequired(required.isEmpty() ? null : required);
    }

    private static String name(RecordComponent component) {
        JsonProperty renamed = component.getAccessor().getAnnotation(JsonProperty.class);
        return renamed == null ? NAMES.translate(component.getName()) : renamed.value();
    }

    private static boolean omitted(RecordComponent component) {
        JsonInclude include = component.getAccessor().getAnnotation(JsonInclude.class);
        return include != null && include.value() != JsonInclude.Include.ALWAYS;
    }

    private static boolean isRequired(RecordComponent component) {
        var schema = AnnotatedElementUtils.findMergedAnnotation(
                component.getAccessor(), io.swagger.v3.oas.annotations.media.Schema.class);
        return schema != null
                && schema.requiredMode() == io.swagger.v3.oas.annotations.media.Schema.RequiredMode.REQUIRED;
    }

    private static Schema<?> orNull(Schema<?> schema) {
        if (schema.get$ref() == null && schema.getEnum() == null) {
            schema.addType("null");
            return schema;
        }
        return new JsonSchema().anyOf(List.of(schema, typed("null")));
    }
}
