package io.turnlane.processor.agent.retrieval;

import java.io.InputStream;
import java.util.List;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Questions with known results: on topic with the id of the entry that answers them, and off topic. */
record QuestionSheet(List<OnTopic> onTopic, List<String> offTopic) {

    record OnTopic(String question, String id) {}

    static QuestionSheet read(String name) {
        YAMLMapper yaml = YAMLMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .build();
        InputStream in = QuestionSheet.class.getResourceAsStream(name);
        return yaml.readValue(in, QuestionSheet.class);
    }
}
