package io.turnlane.backends;

import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.security.plain.PlainLoginModule;

/**
 * Login with which clients of the embedded broker authenticate themselves (SASL PLAIN). Other accounts on the machine
 * can reach the broker's ports, but they cannot read the password.
 *
 * @param password random text without characters that have a meaning in a JAAS configuration
 */
record BrokerLogin(String password) {

    private static final String USER = "turnlane";

    /** Protocol of the listeners. They need no TLS, because they have loopback addresses. */
    static final String PROTOCOL = "SASL_PLAINTEXT";

    static final String MECHANISM = "PLAIN";

    /** Returns the settings that a Kafka client needs in addition to the address. */
    Map<String, String> clientSettings() {
        return Map.of(
                "security.protocol", PROTOCOL,
                "sasl.mechanism", MECHANISM,
                "sasl.jaas.config", module() + ";");
    }

    /**
     * Returns the setting that makes a listener accept only this login. The broker itself also logs in to it with this
     * setting.
     */
    Map<String, String> listenerSettings(String listener) {
        return Map.of(
                "listener.name." + listener.toLowerCase(Locale.ROOT) + ".plain.sasl.jaas.config",
                module() + " user_" + USER + "=\"" + password + "\";");
    }

    private String module() {
        return PlainLoginModule.class.getName() + " required username=\"" + USER + "\" password=\"" + password + "\"";
    }

    @Override
    public String toString() {
        return "BrokerLogin";
    }
}
