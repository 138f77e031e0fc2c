package io.turnlane.processor.agent.retrieval.index;

import io.turnlane.processor.agent.retrieval.dataset.DataSet;
import io.turnlane.processor.agent.retrieval.dataset.DataSetReader;
import io.turnlane.processor.agent.retrieval.embedding.MiniLm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Build step that embeds the data set and writes the vectors to a file in the folder of the classes. If a file for the
 * current data set exists already, the step does nothing.
 */
final class EmbedDataSet {

    private EmbedDataSet() {}

    /** Runs in the build phase {@code process-classes}. */
    @SuppressWarnings("SystemOut")
    static void main(String[] args) throws IOException {
        if (args.length != 1) {
            System.err.println("usage: EmbedDataSet <folder of the classes>");
            System.exit(2);
        }
        DataSet dataSet = new DataSetReader().read();
        Path file = Path.of(args[0], EmbeddingsFile.RESOURCE.substring(1));
        if (EmbeddingsFile.matches(dataSet, file)) {
            return;
        }
        float[] matrix = AnswerIndex.embed(dataSet, MiniLm.load());
        int wordings =
                dataSet.entries().stream().mapToInt(e -> e.wordings().size()).sum();
        Files.createDirectories(file.getParent());
        Files.write(file, EmbeddingsFile.pack(dataSet, matrix, matrix.length / wordings));
        System.out.printf(
                "Embedded %d wordings of %d answers.%n",
                wordings, dataSet.entries().size());
    }
}
