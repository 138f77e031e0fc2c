package io.turnlane.processor.agent.retrieval;

import io.turnlane.processor.agent.retrieval.dataset.DataSetEntry;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A question that leans on the one before ("and how do I avoid it?", "why?", "what about on layer 2?"), put in words
 * that stand alone.
 *
 * <p>A question leans when it is short and is nothing but a question word, speaks of something by a pronoun, or asks
 * "what about …": such a one means nothing alone. One that merely begins with "and" or "but" may stand on its own feet.
 *
 * @param question in words that stand alone
 * @param needsContext whether it has to be read so
 */
record FollowUp(String question, boolean needsContext) {

    private static final int MOST_WORDS = 14;

    private static final Pattern LEAD = Pattern.compile("^((and|but|so|or|then|also|ok|okay|well)[ ,]+)+");
    private static final Pattern ABOUT = Pattern.compile("^(what|how) about ");
    private static final Pattern BARE = Pattern.compile(
            "why|how|how so|how come|why not|when|where|really|for example|an example|example|tell me more|more|go on|explain"
                    + "|what else|what then");
    private static final Pattern PRONOUN =
            Pattern.compile("\\b(it|its|that|this|they|them|their|those|these|one|there)\\b");
    private static final Pattern QUESTION_WORD = Pattern.compile(
            "^(what|which|who|why|how|when|where|is|are|do|does|can|should|could|will|would|much|many|a|an|the|i|you|my|to"
                    + "|there|mean|happens|work|s)\\b[ ']*");

    /**
     * Reads a question in the light of the entry that was told last.
     *
     * @return empty where the question doesn't lean on it
     */
    static Optional<FollowUp> of(String question, DataSetEntry before) {
        String plain = plain(question);
        String asked = LEAD.matcher(plain).replaceFirst("");
        if (asked.isEmpty() || plain.split(" ").length > MOST_WORDS) {
            return Optional.empty();
        }
        String topic = topicOf(before);
        Matcher about = ABOUT.matcher(asked);
        if (about.find()) {
            return Optional.of(new FollowUp(topic + " " + about.replaceFirst(""), true));
        }
        Matcher pronoun = PRONOUN.matcher(asked);
        if (pronoun.find()) {
            return Optional.of(new FollowUp(pronoun.replaceFirst(Matcher.quoteReplacement(topic)), true));
        }
        boolean bare = BARE.matcher(asked).matches();
        boolean continues = !asked.equals(plain);
        return bare || continues ? Optional.of(new FollowUp(asked + " " + topic, bare)) : Optional.empty();
    }

    /**
     * What the entry's question asks about, without the asking: "What is impermanent loss?" is about "impermanent
     * loss".
     */
    private static String topicOf(DataSetEntry entry) {
        String topic = plain(entry.question());
        for (Matcher word = QUESTION_WORD.matcher(topic); word.find(); word = QUESTION_WORD.matcher(topic)) {
            topic = topic.substring(word.end());
        }
        return topic.isEmpty() ? entry.subject() : topic;
    }

    private static String plain(String question) {
        return question.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}' -]+", " ")
                .replaceAll("\\s+", " ")
                .strip();
    }
}
