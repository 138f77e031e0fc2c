package io.turnlane.model.agent;

import java.net.URI;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Model of a provider, and how it is called.
 *
 * @param url base URL of the OpenAI-compatible API, without {@code /chat/completions}
 * @param key API key, or null if the service needs none
 * @param parameters further fields of each request, such as {@code temperature}
 */
public record ModelService(
        ModelProvider provider,
        String model,
        URI url,
        @Nullable SecretText key,
        Map<String, Object> parameters,
        CallTimeouts timeouts,
        ServiceLimits limits) {

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
                fields.object("parameters").free(),
                CallTimeouts.read(fields.object("timeouts")),
                ServiceLimits.read(fields.object("limits")));
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
        return fields;
    }
}
