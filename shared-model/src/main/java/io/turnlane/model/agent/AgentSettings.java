package io.turnlane.model.agent;

import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Settings of an agent, which depend on its type. */
public sealed interface AgentSettings
        permits AgentSettings.Chat, AgentSettings.Remote, AgentSettings.BuiltIn, RouteSettings {

    /** Default size of the history that travels with a question, in tokens. */
    int DEFAULT_HISTORY_TOKENS = 8000;

    /** Maximum number of tools of a model. */
    int MAX_TOOLS = 64;

    /** Name of an HTTP header: a token of RFC 9110. */
    Pattern HEADER_NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}");

    /** Header whose value is probably secret. */
    Pattern SECRET_HEADER = Pattern.compile("(?i)authorization|cookie|key|token|secret");

    /**
     * Settings of a model as an agent.
     *
     * @param service model that answers
     * @param fallbacks models that are called, in this order, if the one before them is unavailable
     * @param system system prompt, or null
     * @param historyTokens maximum size of the history that the model receives, in tokens
     * @param tools names of the tools that the model may call
     * @param keepMessages true if the session's history keeps the calls of tools, and the model receives those of
     *     earlier turns
     */
    record Chat(
            ModelService service,
            List<ModelService> fallbacks,
            @Nullable String system,
            int historyTokens,
            List<String> tools,
            boolean keepMessages)
            implements AgentSettings {}

    /**
     * Settings of an agent behind HTTP.
     *
     * @param url address that receives the questions
     * @param model value of {@code model} in requests, or null
     * @param parameters further fields of each request; they replace fields of the same name
     * @param headers further headers of each request
     * @param historyTokens maximum size of the history that travels with a question, in tokens
     * @param price price of the tokens that the agent reports, or null if it is not configured
     */
    record Remote(
            URI url,
            @Nullable String model,
            Map<String, Object> parameters,
            Map<String, SecretText> headers,
            CallTimeouts timeouts,
            int historyTokens,
            @Nullable Price price)
            implements AgentSettings {

        public Remote {
            parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
            headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
        }
    }

    /** A built-in agent has no settings. */
    record BuiltIn() implements AgentSettings {}

    static AgentSettings read(AgentType type, DefinitionFields fields) throws InvalidFieldException {
        return switch (type) {
            case CHAT -> chat(fields);
            case RESPONSES, CHAT_COMPLETIONS, AG_UI ->
                new Remote(
                        fields.url("url", null),
                        fields.textOrNull("model"),
                        fields.object("parameters").free(),
                        headers(fields.object("headers")),
                        CallTimeouts.read(fields.object("timeouts")),
                        historyTokens(fields),
                        Price.read(fields));
            case RETRIEVAL, ECHO -> new BuiltIn();
            case ROUTE -> RouteSettings.read(fields);
        };
    }

    private static Chat chat(DefinitionFields fields) throws InvalidFieldException {
        List<ModelService> fallbacks = new ArrayList<>();
        for (DefinitionFields fallback : fields.objects("fallbacks", 5)) {
            fallbacks.add(ModelService.read(fallback));
            fallback.checkAllRead();
        }
        return new Chat(
                ModelService.read(fields),
                List.copyOf(fallbacks),
                fields.textOrNull("system"),
                historyTokens(fields),
                fields.texts("tools", MAX_TOOLS),
                fields.bool("keep_messages", false));
    }

    private static Map<String, SecretText> headers(DefinitionFields fields) throws InvalidFieldException {
        Map<String, SecretText> headers = fields.secrets();
        for (Map.Entry<String, SecretText> header : headers.entrySet()) {
            if (!HEADER_NAME.matcher(header.getKey()).matches()) {
                throw fields.invalid(header.getKey(), "is not the name of an HTTP header");
            }
            if (SECRET_HEADER.matcher(header.getKey()).find()
                    && !header.getValue().refersToSecret()) {
                throw fields.invalid(header.getKey(), "must refer to a secret as ${env:NAME} or ${file:NAME}");
            }
        }
        return headers;
    }

    private static int historyTokens(DefinitionFields fields) throws InvalidFieldException {
        return fields.integer("history_tokens", DEFAULT_HISTORY_TOKENS, 0, 10_000_000);
    }

    /** Returns the settings as fields of the definition's JSON. */
    default Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        switch (this) {
            case Chat chat -> {
                fields.putAll(chat.service.fields());
                fields.put(
                        "fallbacks",
                        chat.fallbacks.stream().map(ModelService::fields).toList());
                if (chat.system != null) {
                    fields.put("system", chat.system);
                }
                fields.put("history_tokens", chat.historyTokens);
                fields.put("tools", chat.tools);
                if (chat.keepMessages) { // processors of older versions do not know the field
                    fields.put("keep_messages", true);
                }
            }
            case Remote remote -> {
                fields.put("url", remote.url.toString());
                if (remote.model != null) {
                    fields.put("model", remote.model);
                }
                fields.put("parameters", remote.parameters);
                Map<String, Object> headers = new LinkedHashMap<>();
                remote.headers.forEach((name, value) -> headers.put(name, value.template()));
                fields.put("headers", headers);
                fields.put("timeouts", remote.timeouts.fields());
                fields.put("history_tokens", remote.historyTokens);
                if (remote.price != null) {
                    fields.put("price", remote.price.fields());
                }
            }
            case RouteSettings route -> fields.putAll(route.fields());
            case BuiltIn _ -> {}
        }
        return fields;
    }
}
