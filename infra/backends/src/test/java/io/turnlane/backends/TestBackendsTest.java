package io.turnlane.backends;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;

class TestBackendsTest {

    @Test
    void bothAnswer() throws Exception {
        TestBackends backends = TestBackends.shared();
        try (Admin admin = Admin.create(backends.kafka())) {
            admin.createTopics(List.of(new NewTopic("here", 3, (short) 1)))
                    .all()
                    .get(20, TimeUnit.SECONDS);
            assertThat(admin.listTopics().names().get(20, TimeUnit.SECONDS)).contains("here");
        }
        assertThat(RedisClient.of(backends.redisUrl()).send("SET k v")).isEqualTo("+OK");
    }
}
