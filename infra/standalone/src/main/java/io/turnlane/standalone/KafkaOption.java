package io.turnlane.standalone;

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

/** How Kafka is reached where it wants more than an address, as TLS and SASL do. */
final class KafkaOption {

    private static final String ADDRESS = "bootstrap.servers";

    @Option(
            names = "--kafka-config",
            paramLabel = "FILE",
            description = {
                "Properties of Kafka's clients, as for TLS and SASL: the file that Kafka's own tools take as "
                        + "--command-config. Its bootstrap.servers counts for nothing."
            })
    private @Nullable Path file;

    /**
     * What the file says, but for the address; nothing where there is none.
     *
     * @throws CommandFailedException where it can't be read
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
            throw new CommandFailedException("--kafka-config: " + file + " can't be read as properties.");
        }
    }

    /** All that a client of Kafka's takes to reach these servers. */
    Map<String, Object> connection(String bootstrapServers) {
        Map<String, Object> all = new HashMap<>(properties());
        all.put(ADDRESS, bootstrapServers);
        return all;
    }

    /** Settings of a gateway or processor: the file's, and over them those that were given by hand. */
    Map<String, String> under(Map<String, String> byHand) {
        Map<String, String> all = new HashMap<>();
        properties().forEach((name, value) -> all.put("spring.kafka.properties." + name, value));
        all.putAll(byHand);
        return all;
    }

    /** What a person is told whom Kafka's client failed; a password in the file is not in it. */
    static CommandFailedException failed(Throwable thrown, String bootstrapServers) {
        for (Throwable each = thrown; each != null; each = each.getCause()) {
            switch (each) {
                case AuthenticationException _ -> {
                    return new CommandFailedException(
                            "Kafka at " + bootstrapServers + " doesn't take these credentials: check --kafka-config.");
                }
                case AuthorizationException _ -> {
                    return new CommandFailedException(
                            "Kafka at " + bootstrapServers + " doesn't let this user do that: check its ACLs.");
                }
                case ConfigException wrong -> {
                    return new CommandFailedException("--kafka-config: " + nameOnly(wrong));
                }
                default -> {}
            }
        }
        return new CommandFailedException("Kafka doesn't answer at " + bootstrapServers
                + ". Where it wants TLS or SASL, say how with --kafka-config.");
    }

    /** Kafka quotes the value, which may be a secret: "Invalid value X for configuration Y: why". */
    private static String nameOnly(ConfigException wrong) {
        String message = String.valueOf(wrong.getMessage());
        int name = message.indexOf(" for configuration ");
        return message.startsWith("Invalid value ") && name > 0
                ? "invalid value" + message.substring(name).replaceAll(":.*", "") + "."
                : "Kafka's client doesn't take it.";
    }
}
