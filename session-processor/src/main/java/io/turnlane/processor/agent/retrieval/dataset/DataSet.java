package io.turnlane.processor.agent.retrieval.dataset;

import io.turnlane.model.json.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * All entries, in the order of their categories and files. Immutable.
 *
 * <p>Ids are unique. Each wording belongs to only one entry, so that a search for it returns this entry. Wordings are
 * compared without case, spaces and punctuation.
 */
public record DataSet(List<DataSetEntry> entries) {

    public DataSet {
        entries = List.copyOf(entries);
        Map<String, String> ownerOf = new HashMap<>();
        for (DataSetEntry entry : entries) {
            claim(ownerOf, "id " + entry.id(), entry);
            for (String wording : entry.wordings()) {
                claim(ownerOf, plain(wording), entry);
            }
        }
    }

    /**
     * Returns a hash of the content: SHA-256 over all texts in order. The hash is stored together with the vectors, and
     * shows if they were computed from this content.
     *
     * @return a new array of 32 bytes
     */
    public byte[] hash() {
        MessageDigest digest = Sha256.newDigest();
        for (DataSetEntry entry : entries) {
            add(digest, entry.id());
            entry.wordings().forEach(wording -> add(digest, wording));
            add(digest, entry.answer());
            entry.tags().forEach(tag -> add(digest, tag));
        }
        return digest.digest();
    }

    private static void claim(Map<String, String> ownerOf, String claimed, DataSetEntry entry) {
        String other = ownerOf.putIfAbsent(claimed, entry.id());
        if (other != null) {
            throw new IllegalArgumentException(entry.id() + ": \"" + claimed + "\" already belongs to " + other);
        }
    }

    private static String plain(String wording) {
        return wording.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}]+", " ")
                .strip();
    }

    /**
     * Adds a text and a byte that does not occur in UTF-8. The byte marks the end of the text, so that different lists
     * of texts have different hashes.
     */
    private static void add(MessageDigest digest, String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0xFF);
    }
}
