package example;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import io.turnlane.processor.agent.tool.ToolMethods;
import java.util.Locale;
import java.util.regex.Pattern;

/** Tools for agents that write poems. */
public final class SyllableTools implements ToolMethods {

    @Tool(name = "syllables", value = "Estimates the number of syllables of an English text.")
    public long syllables(@P(name = "text", description = "English text") String text) {
        if (text.length() > 1000) {
            throw new IllegalArgumentException("text must have at most 1,000 characters");
        }
        return Pattern.compile("[aeiouy]+")
                .matcher(text.toLowerCase(Locale.ROOT))
                .results()
                .count();
    }
}
