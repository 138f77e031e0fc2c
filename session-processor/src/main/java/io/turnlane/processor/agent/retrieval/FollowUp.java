package io.turnlane.processor.agent.retrieval;

import io.turnlane.processor.agent.retrieval.dataset.DataSetEntry;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Follow-up question, such as "and how do I avoid it?", "why?" or "what about on layer 2?", rewritten so that it
 * includes its topic.
 *
 * <p>A short question needs the previous question as context if it is only a question word, contains a pronoun, or asks
 * "what about …". A question that only begins with "and" or "but" can be complete by itself.
 *
 * @param question rewritten question, which includes the topic
 * @param needsContext true if the original question has no meaning without the previous one
 */
record FollowUp(String question, boolean needsContext) {

    private static final int MAX_WORDS = 14;

    private static final Pattern CONJUNCTION = Pattern.compile("^((and|but|so|or|then|also|ok|okay|well)[ ,]+)+");
    private static final Pattern ABOUT = Pattern.compile("^(what|how) about ");
    private static final Pattern QUESTION_WORD_ONLY = Pattern.compile(
            "why|how|how so|how come|why not|when|where|really|for example|an example|example|tell me more|more|go on|explain"
                    + "|what else|what then");
    /**
     * Words that refer to the previous question. "One" in "one dollar" and "there" in "is there a limit" do not, but
     * "one" in "which one is cheaper" and "there" in "are there any risks" do.
     */
    private static final Pattern PRONOUN = Pattern.compile("\\b(it|its|that|this|they|them|their|those|these"
            + "|(?<=\\b(which|the|other|another|each|every|any|first|second|last|new|old) )one|one(?! \\p{L})"
            + "|(?<!\\b(is|are) )there|(?<=\\b(is|are) )there(?= any\\b|$))\\b");

    private static final Pattern LEADING_WORD = Pattern.compile(
            "^(what|which|who|why|how|when|where|is|are|do|does|can|should|could|will|would|much|many|a|an|the|i|you|my|to"
                    + "|there|mean|happens|work|s)\\b[ ']*");

    /**
     * Adds the topic of the previous answer to a follow-up question.
     *
     * @param previous entry that answered the previous question
     * @return the follow-up question, or empty if the question does not refer to the previous one
     */
    static Optional<FollowUp> of(String question, DataSetEntry previous) {
        String plain = plain(question);
        String asked = CONJUNCTION.matcher(plain).replaceFirst("");
        if (asked.isEmpty() || plain.split(" ").length > MAX_WORDS) {
            return Optional.empty();
        }
        String topic = topicOf(previous);
        Matcher about = ABOUT.matcher(asked);
        if (about.find()) {
            return Optional.of(new FollowUp(topic + " " + about.replaceFirst(""), true));
        }
        Matcher pronoun = PRONOUN.matcher(asked);
        if (pronoun.find()) {
            return Optional.of(new FollowUp(pronoun.replaceFirst(Matcher.quoteReplacement(topic)), true));
        }
        boolean bare = QUESTION_WORD_ONLY.matcher(asked).matches();
        boolean continues = !asked.equals(plain);
        return bare || continues ? Optional.of(new FollowUp(asked + " " + topic, bare)) : Optional.empty();
    }

    /** Returns the topic of the entry's question: "What is impermanent loss?" has the topic "impermanent loss". */
    private static String topicOf(DataSetEntry entry) {
        String topic = plain(entry.question());
        for (Matcher word = LEADING_WORD.matcher(topic); word.find(); word = LEADING_WORD.matcher(topic)) {
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
