package io.turnlane.processor.agent.retrieval.dataset;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Answer and the questions that it answers.
 *
 * @param id {@code <category>-<number>}, such as {@code amm-03}; shown as the source of the answer
 * @param question the question in plain words; at most 120 characters, ends with a question mark
 * @param paraphrases 4 to 16 other wordings of the question
 * @param answer Markdown, 120 to 1,200 characters in complete sentences
 * @param tags 1 to 6 tags; the first one is the {@link #subject}
 */
public record DataSetEntry(String id, String question, List<String> paraphrases, String answer, List<String> tags) {

    private static final Pattern ID = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*-[0-9]{2}");
    /**
     * Pattern of a complete answer. It ends with a punctuation mark, or with the last character of a Markdown table or
     * code block.
     */
    private static final Pattern WHOLE = Pattern.compile("(?s)[\\p{Lu}*`0-9\\[\"“].*[.!?:)|`*]");

    public DataSetEntry {
        paraphrases = List.copyOf(paraphrases);
        tags = List.copyOf(tags);
        answer = answer.strip();
        must(ID.matcher(id).matches(), id, "id must be <category>-NN");
        must(question.endsWith("?") && question.length() <= 120, id, "question must end with ? and have at most 120");
        must(paraphrases.size() >= 4 && paraphrases.size() <= 16, id, "must have 4 to 16 paraphrases");
        must(paraphrases.stream().allMatch(p -> fits(p, 200)), id, "a paraphrase must have 1 to 200 characters");
        must(answer.length() >= 120 && answer.length() <= 1_200, id, "answer must have 120 to 1200 characters");
        must(WHOLE.matcher(answer).matches(), id, "answer must be whole sentences");
        must(!tags.isEmpty() && tags.size() <= 6, id, "must have 1 to 6 tags");
        must(tags.stream().allMatch(t -> fits(t, 40)), id, "a tag must have 1 to 40 characters");
    }

    /** Returns the subject of the entry, in one to three words. It is the first tag. */
    public String subject() {
        return tags.getFirst();
    }

    /** Returns the question and its paraphrases. A search for any of them finds this entry. */
    public List<String> wordings() {
        return Stream.concat(Stream.of(question), paraphrases.stream()).toList();
    }

    String category() {
        return id.substring(0, id.lastIndexOf('-'));
    }

    private static boolean fits(String text, int most) {
        return !text.isBlank() && text.length() <= most && text.strip().equals(text);
    }

    private static void must(boolean condition, String id, String rule) {
        if (!condition) {
            throw new IllegalArgumentException(id + ": " + rule);
        }
    }
}
