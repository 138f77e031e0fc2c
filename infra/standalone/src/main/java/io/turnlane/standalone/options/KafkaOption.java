package io.turnlane.standalone.options;

import io.turnlane.standalone.run.KafkaAddress;
import io.turnlane.standalone.terminal.CommandFailedException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
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
                        + "accept as --command-config. bootstrap.servers in it is ignored."
            })
    private @Nullable Path file;

    /**
     * Returns the properties in the file, without {@code bootstrap.servers}; empty if no file is given.
     *
     * @throws CommandFailedException if the file cannot be read
     */
    Map<String, String> properties() {
        Map<String, String> all = new HashMap<>();
        if (file != null) {
            Properties read = read(file);
            read.stringPropertyNames().forEach(name -> all.put(name, read.getProperty(name)));
            all.remove(ADDRESS);
        }
        return all;
    }

    private static Properties read(Path file) {
        Properties read = new Properties();
        try (Reader in = Files.newBufferedReader(file)) {
            read.load(in);
            return read;
        } catch (IOException | IllegalArgumentException e) {
            throw new CommandFailedException(
                    "--kafka-config: cannot read " + file + " as a properties file. Check its path and content.");
        }
    }

    /**
     * Returns the settings of a Kafka client that connects to this cluster. Properties in the file take precedence over
     * the login in {@code kafka}.
     */
    public Map<String, Object> connection(KafkaAddress kafka) {
        Map<String, Object> all = new HashMap<>(kafka.login());
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
        properties().forEach((name, value) -> all.put("spring.kafka.properties." + name, value));
        all.putAll(overrides);
        return all;
    }

    /**
     * Describes a failure of a Kafka client. The message contains no values from the file, because they can be secret.
     */
    public static CommandFailedException describe(Throwable thrown, KafkaAddress kafka) {
        for (Throwable each = thrown; each != null; each = each.getCause()) {
            switch (each) {
                case AuthenticationException _ -> {
                    return new CommandFailedException(
                            "Kafka at " + kafka + " rejected the credentials. Check the file of --kafka-config.");
                }
                case AuthorizationException _ -> {
                    return new CommandFailedException(
                            "Kafka at " + kafka + " denied the operation. Check the ACLs of this Kafka user.");
                }
                case ConfigException wrong -> {
                    return new CommandFailedException("--kafka-config: " + nameOnly(wrong));
                }
                default -> {}
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
