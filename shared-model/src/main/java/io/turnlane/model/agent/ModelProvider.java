package io.turnlane.model.agent;

import io.turnlane.model.WireEnum;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Known provider of models with an OpenAI-compatible API, with its defaults. */
public enum ModelProvider implements WireEnum {
    OPENAI("https://api.openai.com/v1", "OPENAI_API_KEY"),
    /** Moonshot AI. */
    KIMI("https://api.moonshot.ai/v1", "MOONSHOT_API_KEY"),
    /** Zhipu AI, also known as Z.ai. */
    GLM("https://api.z.ai/api/paas/v4", "ZAI_API_KEY"),
    DEEPSEEK("https://api.deepseek.com/v1", "DEEPSEEK_API_KEY"),
    OLLAMA("http://127.0.0.1:11434/v1", null),
    VLLM("http://127.0.0.1:8000/v1", null),
    /** Any other service with this API. Its URL must be configured. */
    OTHER(null, null);

    private final @Nullable URI url;
    private final @Nullable String keyVariable;

    ModelProvider(@Nullable String url, @Nullable String keyVariable) {
        this.url = url == null ? null : URI.create(url);
        this.keyVariable = keyVariable;
    }

    /** Returns the base URL of the provider's API, or null if it must be configured. */
    public @Nullable URI url() {
        return url;
    }

    /** Returns the reference to the API key that is used if no other is configured, or null if none is needed. */
    public @Nullable SecretText key() {
        return keyVariable == null ? null : new SecretText("${env:" + keyVariable + "}");
    }
}
