package io.turnlane.model.agent;

import java.net.URI;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Model of a provider, and how it is called.
 *
 * @param url base URL of the OpenAI-compatible API, without {@code /chat/completions}
 * @param key API key, or null if the service needs none
 * @param parameters further fields of each request, such as {@code temperature}
 * @param price price of the model's tokens, or null if it is not configured
 */
public record ModelService(
        ModelProvider provider,
        String model,
        URI url,
        @Nullable SecretText key,
        Map<String, Object> parameters,
        CallTimeouts timeouts,
        ServiceLimits limits,
        @Nullable Price price) {

    /** Fields of a request that are no parameters, or would change the shape of the reply. */
    private static final List<String> SET_BY_TURNLANE =
            List.of("model", "messages", "stream", "stream_options", "n", "tools", "tool_choice");

    public ModelService {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    static ModelService read(DefinitionFields fields) throws InvalidFieldException {
        ModelProvider provider = fields.choice("provider", ModelProvider.values(), ModelProvider.OTHER);
        SecretText key = fields.secretOrNull("key");
        if (key != null && !key.refersToSecret()) {
            throw fields.invalid("key", "must refer to a secret as ${env:NAME} or ${file:NAME}");
        }
        return new ModelService(
                provider,
                fields.text("model"),
                fields.url("url", provider.url()),
                key == null ? provider.key() : key,
                parameters(fields.object("parameters")),
                CallTimeouts.read(fields.object("timeouts")),
                ServiceLimits.read(fields.object("limits")),
                Price.read(fields));
    }

    private static Map<String, Object> parameters(DefinitionFields fields) throws InvalidFieldException {
        for (String name : SET_BY_TURNLANE) {
            if (fields.has(name)) {
                throw fields.invalid(name, "must not be set, because Turnlane sets it");
            }
        }
        return fields.free();
    }

    Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("provider", provider.wire());
        fields.put("model", model);
        fields.put("url", url.toString());
        if (key != null) {
            fields.put("key", key.template());
        }
        fields.put("parameters", parameters);
        fields.put("timeouts", timeouts.fields());
        fields.put("limits", limits.fields());
        if (price != null) {
            fields.put("price", price.fields());
        }
        return fields;
    }
}
