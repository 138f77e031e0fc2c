package io.turnlane.standalone.options;

import io.turnlane.log.KafkaClientFile;
import io.turnlane.log.KafkaProblem;
import io.turnlane.standalone.run.KafkaAddress;
import io.turnlane.standalone.terminal.CommandFailedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Option that names a file with further settings of Kafka clients, for example for TLS and SASL. */
public final class KafkaOption {

    private static final String ADDRESS = "bootstrap.servers";

    @Option(
            names = "--kafka-config",
            paramLabel = "FILE",
            description = {
                "Properties file for Kafka clients, for example for TLS and SASL: the file that Kafka's own tools "
                        + "accept as --command-config. bootstrap.servers in it is ignored. Default: the file that "
                        + "the variable KAFKA_CONFIG_FILE names."
            })
    private @Nullable Path file;

    /**
     * Returns the properties in the file, without {@code bootstrap.servers}; empty if no file is given.
     *
     * @throws CommandFailedException if the file cannot be read
     */
    Map<String, String> properties() {
        return file == null ? Map.of() : read("--kafka-config", file);
    }

    private static Map<String, String> read(String source, Path file) {
        try {
            return KafkaClientFile.read(file);
        } catch (IOException e) {
            throw new CommandFailedException(
                    source + ": cannot read " + file + " as a properties file. Check its path and content.");
        }
    }

    /**
     * Returns the settings of a Kafka client that connects to this cluster. Properties in the option's file take
     * precedence over the login in {@code kafka}, and this login over the file that the environment names.
     */
    public Map<String, Object> connection(KafkaAddress kafka) {
        return connection(kafka, System.getenv());
    }

    Map<String, Object> connection(KafkaAddress kafka, Map<String, String> environment) {
        Map<String, Object> all = new HashMap<>();
        KafkaClientFile.named(environment.get(KafkaClientFile.VARIABLE))
                .ifPresent(named -> all.putAll(read(KafkaClientFile.VARIABLE, named)));
        all.putAll(kafka.login());
        all.putAll(properties());
        all.put(ADDRESS, kafka.bootstrapServers());
        return all;
    }

    /**
     * Returns the properties in the file as settings of a gateway or processor. If a setting is also in
     * {@code overrides}, the override takes precedence.
     */
    public Map<String, String> withOverrides(Map<String, String> overrides) {
        Map<String, String> all = new HashMap<>();
        all.putAll(KafkaClientFile.springProperties(properties()));
        all.putAll(overrides);
        return all;
    }

    /**
     * Describes a failure of a Kafka client. The message contains no values from the file, because they can be secret.
     */
    public static CommandFailedException describe(Throwable thrown, KafkaAddress kafka) {
        Optional<String> denied = KafkaProblem.of(thrown);
        if (denied.isPresent()) {
            return new CommandFailedException(denied.get());
        }
        for (Throwable each = thrown; each != null; each = each.getCause()) {
            if (each instanceof ConfigException wrong) {
                return new CommandFailedException("--kafka-config: " + nameOnly(wrong));
            }
        }
        return new CommandFailedException("Kafka does not answer at " + kafka
                + ". Check that it is running. If it requires TLS or SASL, use --kafka-config.");
    }

    /** Returns the message without the invalid value, which can be secret. */
    private static String nameOnly(ConfigException wrong) {
        String message = String.valueOf(wrong.getMessage());
        int name = message.indexOf(" for configuration ");
        return message.startsWith("Invalid value ") && name > 0
                ? "invalid value" + message.substring(name).replaceAll(":.*", "") + "."
                : "the Kafka client does not accept these settings.";
    }
}
