package io.turnlane.processor.agent.retrieval.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Reads the data set from the YAML files in the jar. Each category has one file:
 *
 * <pre>{@code
 * category: amm
 * title: Automated market makers
 * entries:
 *   - id: amm-01
 *     question: …
 *     paraphrases: […]
 *     answer: …
 *     tags: […]
 * }</pre>
 *
 * <p>Immutable and safe for use by multiple threads.
 */
public final class DataSetReader {

    /**
     * Names of the files, in the order of the data set. The names are listed here because the files in a jar cannot be
     * listed reliably.
     */
    static final List<String> CATEGORIES = List.of(
            "basics",
            "amm",
            "impermanent-loss",
            "lending",
            "stablecoins",
            "staking",
            "yield",
            "bridges",
            "layer2",
            "oracles",
            "governance",
            "mev",
            "wallets",
            "audits",
            "derivatives",
            "fees",
            "taxes");

    private static final String FOLDER = "/io/turnlane/processor/agent/retrieval/";

    /** Parser that rejects unknown and missing fields, because both are mistakes of the data set's author. */
    private final YAMLMapper yaml = YAMLMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .build();

    record CategoryFile(String category, String title, List<DataSetEntry> entries) {

        CategoryFile {
            entries = List.copyOf(entries);
            for (DataSetEntry entry : entries) {
                if (!entry.category().equals(category)) {
                    throw new IllegalArgumentException(entry.id() + ": belongs to another category than " + category);
                }
            }
        }
    }

    /**
     * Reads the files of all categories.
     *
     * @throws IllegalStateException if a file is missing or breaks a rule; the message names the file and the rule
     */
    public DataSet read() {
        List<DataSetEntry> entries = new ArrayList<>();
        for (String category : CATEGORIES) {
            entries.addAll(readFile(category).entries());
        }
        try {
            return new DataSet(entries);
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException("the data set breaks a rule: " + e.getMessage(), e);
        }
    }

    private CategoryFile readFile(String category) {
        String name = FOLDER + category + ".yaml";
        try (InputStream in = DataSetReader.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing");
            }
            CategoryFile file = yaml.readValue(in, CategoryFile.class);
            if (!file.category().equals(category)) {
                throw new IllegalStateException(name + " has the category " + file.category());
            }
            return file;
        } catch (JacksonException | IllegalArgumentException e) {
            throw new IllegalStateException(name + " breaks a rule: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }
}
