package io.turnlane.model.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisMonitorTest {

    private final List<String> reports = new ArrayList<>();
    private final Properties info = new Properties();
    private String error = "";
    private int reconnects;
    private boolean handshakeFails;
    private Set<String> missingRights = Set.of();

    private final RedisMonitor monitor = new RedisMonitor(
            new RedisMonitor.RedisAccess() {
                @Override
                public Instant write() {
                    if (handshakeFails) {
                        throw new IllegalStateException("cannot connect", new SSLHandshakeException("unknown issuer"));
                    }
                    if (!error.isEmpty()) {
                        throw new IllegalStateException("command failed", new IllegalStateException(error));
                    }
                    return Instant.EPOCH;
                }

                @Override
                public Properties memoryInfo() {
                    return info;
                }

                @Override
                public Set<String> missingRights() {
                    return missingRights;
                }

                @Override
                public void reconnect() {
                    reconnects++;
                }
            },
            new SharedClock(),
            reports::add);

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "READONLY You can't write against a read only replica., 1",
                "ERR Error running script (call to f_1): @user_script:1: -READONLY You can't write against a replica., 1",
                "MASTERDOWN Link with MASTER is down., 1",
                "CLUSTERDOWN Hash slot not served, 1",
                "MOVED 3999 127.0.0.1:6381, 1",
                "LOADING Redis is loading the dataset in memory, 0",
                "OOM command not allowed when used memory > 'maxmemory'., 0",
                "MISCONF Redis is configured to save RDB snapshots, 0",
                "NOREPLICAS Not enough good replicas to write., 0",
                "NOPERM this user has no permissions to run the 'eval' command, 0",
                "ERR Error running script: The user executing the script can't run this command or subcommand, 0",
                "ERR ACL failure in script: User u has no permissions to run the 'set' command, 0",
                "WRONGPASS invalid username-password pair or user is disabled., 0",
                "NOAUTH Authentication required., 1"
            })
    void reportsARedisThatAnswersButCannotBeWritten(String reply, int expectedReconnects) {
        error = reply;
        monitor.check();
        assertThat(reports).singleElement().asString().startsWith("Redis can't be used: ");
        assertThat(monitor.problem()).contains(reports.getFirst());
        assertThat(reconnects).isEqualTo(expectedReconnects);

        error = "";
        monitor.check();
        assertThat(monitor.problem()).isEmpty();
        assertThat(reports).hasSize(2).last().isEqualTo("");
    }

    @Test
    void reportsAFailedTlsHandshake() {
        handshakeFails = true;
        monitor.check();
        assertThat(reports).singleElement().asString().startsWith("Redis can't be used: the TLS handshake failed.");
    }

    @Test
    void reportsMissingRightsAlthoughTheProbeSucceeds() {
        missingRights = new TreeSet<>(Set.of("ZADD", "HSET"));
        monitor.check();
        assertThat(reports)
                .containsExactly("Redis can't be used: its user may not run HSET, ZADD. docs/security.md lists the"
                        + " needed rights.");
        assertThat(monitor.warning()).contains(reports.getFirst());
    }

    @Test
    void replacesAConnectionThatDoesNotAnswerThreeTimes() {
        error = "Command timed out after 2 second(s)";
        monitor.check();
        monitor.check();
        assertThat(reconnects).isZero();
        monitor.check();
        assertThat(reconnects).isOne();
        assertThat(reports).containsExactly("Redis does not answer.");
    }

    @ParameterizedTest
    @CsvSource({"maxmemory_policy", "127.0.0.1:6379.maxmemory_policy"})
    void reportsARedisThatMayEvictKeys(String name) {
        info.setProperty(name, "allkeys-lru");
        monitor.check();
        assertThat(reports)
                .singleElement()
                .asString()
                .contains("allkeys-lru", "Set its maxmemory-policy to noeviction");
    }

    @ParameterizedTest
    @CsvSource({"'', 901, true", "127.0.0.1:6379., 901, true", "'', 899, false"})
    void reportsARedisThatIsNearlyFull(String node, long used, boolean reported) {
        info.setProperty(node + "maxmemory", "1000");
        info.setProperty(node + "used_memory", Long.toString(used));
        info.setProperty(node + "maxmemory_policy", "noeviction");
        monitor.check();
        assertThat(monitor.warning().isPresent()).isEqualTo(reported);
        assertThat(monitor.warning().orElse("Raise its maxmemory")).contains("Raise its maxmemory");
    }

    @Test
    void reportsNoProblemOfARedisThatKeepsItsKeys() {
        info.setProperty("maxmemory_policy", "noeviction");
        info.setProperty("maxmemory", "0");
        info.setProperty("used_memory", "1000000");
        monitor.check();
        assertThat(reports).isEmpty();
    }
}
