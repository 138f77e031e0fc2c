package io.turnlane.processor.agent.retrieval;

import io.turnlane.processor.agent.retrieval.dataset.DataSetEntry;
import java.io.InputStream;
import java.util.List;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Questions with known results: on topic with the entries that answer them, and off topic. */
record QuestionSheet(List<OnTopic> onTopic, List<String> offTopic) {

    /** @param id id of the entry that answers the question; several ids are separated by commas */
    record OnTopic(String question, String id) {

        boolean isAnsweredBy(DataSetEntry entry) {
            return List.of(id.split(",")).contains(entry.id());
        }
    }

    static QuestionSheet read(String name) {
        YAMLMapper yaml = YAMLMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .build();
        InputStream in = QuestionSheet.class.getResourceAsStream(name);
        return yaml.readValue(in, QuestionSheet.class);
    }
}
