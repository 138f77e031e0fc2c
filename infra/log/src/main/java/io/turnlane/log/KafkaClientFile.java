package io.turnlane.log;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Properties file with settings of Kafka clients, for example for TLS and SASL. It has the format that Kafka's own
 * tools accept as {@code --command-config}.
 */
public final class KafkaClientFile {

    /** Environment variable that names the file for every program and command. */
    public static final String VARIABLE = "KAFKA_CONFIG_FILE";

    private static final String ADDRESS = "bootstrap.servers";

    /** Prefix with which Spring passes a property to every Kafka client. */
    private static final String SPRING = "spring.kafka.properties.";

    private KafkaClientFile() {}

    /** Returns the path in the value of the variable; empty if the variable is missing or blank. */
    public static Optional<Path> named(@Nullable String value) {
        return Optional.ofNullable(value).filter(path -> !path.isBlank()).map(Path::of);
    }

    /**
     * Returns the properties in the file, without {@code bootstrap.servers}.
     *
     * @throws IOException if the file cannot be read, or is not a properties file; the message contains no values
     */
    public static Map<String, String> read(Path file) throws IOException {
        Properties read = new Properties();
        try (Reader in = Files.newBufferedReader(file)) {
            read.load(in);
        } catch (IllegalArgumentException e) {
            throw new IOException("not a properties file: " + file);
        }
        Map<String, String> all = new HashMap<>();
        read.stringPropertyNames().forEach(name -> all.put(name, read.getProperty(name)));
        all.remove(ADDRESS);
        return all;
    }

    /** Returns client properties as properties of a gateway or processor. */
    public static Map<String, String> springProperties(Map<String, String> properties) {
        Map<String, String> all = new HashMap<>();
        properties.forEach((name, value) -> all.put(SPRING + name, value));
        return all;
    }
}
