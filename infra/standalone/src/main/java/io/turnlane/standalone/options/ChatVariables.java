package io.turnlane.standalone.options;

import io.turnlane.model.agent.AgentDefinition;
import io.turnlane.model.agent.AgentSettings;
import io.turnlane.model.agent.InvalidFieldException;
import io.turnlane.model.agent.ModelProvider;
import io.turnlane.model.agent.SecretText;
import io.turnlane.standalone.terminal.UsageException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Environment variables that name a model of a provider, which then answers by default. */
public final class ChatVariables {

    /** Name of the agent that the model becomes. It stays the same if the provider changes. */
    public static final String AGENT = "chat";

    private static final String PROVIDER = "TURNLANE_CHAT_PROVIDER";
    private static final String MODEL = "TURNLANE_CHAT_MODEL";
    private static final String URL = "TURNLANE_CHAT_URL";

    /** Models that are used if the variable names none. Names of other providers' models change too often. */
    private static final Map<ModelProvider, String> DEFAULT_MODELS = Map.of(ModelProvider.KIMI, "kimi-k2.6");

    private ChatVariables() {}

    /**
     * Returns the agent that the variables define, or empty if they name no provider.
     *
     * @throws UsageException if a variable is missing or invalid; the message names the variable
     */
    public static Optional<AgentDefinition> read(Map<String, String> environment) {
        String provider = value(environment, PROVIDER);
        String model = value(environment, MODEL);
        String url = value(environment, URL);
        if (provider == null) {
            if (model != null || url != null) {
                throw new UsageException(
                        MODEL + " and " + URL + " have an effect only together with " + PROVIDER + ". Set it too.");
            }
            return Optional.empty();
        }
        ModelProvider chosen = Arrays.stream(ModelProvider.values())
                .filter(one -> one.wire().equals(provider))
                .findFirst()
                .orElseThrow(() -> new UsageException(PROVIDER + " must be one of "
                        + Arrays.stream(ModelProvider.values())
                                .map(ModelProvider::wire)
                                .collect(Collectors.joining(", "))
                        + ", but is \"" + provider + "\"."));
        AgentDefinition agent = definition(chosen, model == null ? DEFAULT_MODELS.get(chosen) : model, url);
        checkKey(agent, chosen, environment);
        return Optional.of(agent);
    }

    private static AgentDefinition definition(ModelProvider provider, @Nullable String model, @Nullable String url) {
        if (model == null) {
            throw new UsageException(
                    PROVIDER + "=" + provider.wire() + " needs the name of a model. Set " + MODEL + ".");
        }
        if (url == null && provider.url() == null) {
            throw new UsageException(
                    PROVIDER + "=" + provider.wire() + " needs the base URL of the service. Set " + URL + ".");
        }
        Map<String, Object> fields = new HashMap<>(Map.of(
                "type",
                "chat",
                "provider",
                provider.wire(),
                "model",
                model,
                "description",
                "Answers with the model " + model + "."));
        if (url != null) {
            fields.put("url", url);
        }
        try {
            return AgentDefinition.read(AGENT, fields);
        } catch (InvalidFieldException e) {
            throw new UsageException("TURNLANE_CHAT_…: " + e.getMessage() + ".");
        }
    }

    private static void checkKey(AgentDefinition agent, ModelProvider provider, Map<String, String> environment) {
        SecretText key = ((AgentSettings.Chat) agent.settings()).service().key();
        if (key != null) {
            var _ = key.resolve(reference -> Optional.of(required(reference, provider, environment)));
        }
    }

    private static String required(
            SecretText.Reference reference, ModelProvider provider, Map<String, String> environment) {
        String name = ((SecretText.Reference.Variable) reference).name(); // the provider's own key
        String key = value(environment, name);
        if (key == null) {
            throw new UsageException(PROVIDER + "=" + provider.wire() + " needs an API key. Set " + name + ".");
        }
        return key;
    }

    private static @Nullable String value(Map<String, String> environment, String name) {
        String value = environment.get(name);
        return value == null || value.isBlank() ? null : value.strip();
    }
}
