package io.turnlane.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The class cache is recorded with Kafka and Redis of its own, whatever the operator's environment names. */
class TrainCommandTest {

    @ParameterizedTest
    @CsvSource({
        "KAFKA_BOOTSTRAP_SERVERS, true",
        "REDIS_URL, true",
        "TURNLANE_TOPICS_PREFIX, true",
        "SPRING_APPLICATION_JSON, true",
        "PATH, false",
        "JAVA_HOME, false"
    })
    void recordsWithoutTheOperatorsBackendsAndSettings(String variable, boolean removed) {
        assertThat(TrainCommand.changesTheRecording(variable)).isEqualTo(removed);
    }
}
