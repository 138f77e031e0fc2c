package io.turnlane.standalone.options;

import io.turnlane.standalone.run.Apps;
import io.turnlane.standalone.run.KafkaAddress;
import io.turnlane.standalone.terminal.CommandFailedException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of the commands that run a single gateway, processor or replay. */
public final class AppOptions {

    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private KafkaOption kafka = new KafkaOption();

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Set a configuration property; repeatable.")
    private Map<String, String> settings = new HashMap<>();

    /** Returns the absolute path of the data folder. */
    public Path data() {
        return data.path();
    }

    /** Returns the configuration properties that the options set, including those of Kafka clients. */
    public Map<String, String> settings() {
        return kafka.withOverrides(settings);
    }

    /**
     * Returns the Kafka that is named in the environment, otherwise the Kafka of the data folder.
     *
     * @throws CommandFailedException if there is none
     */
    public KafkaAddress kafka() {
        return data.kafka();
    }

    /**
     * Returns a launcher that uses the backends named in the environment, otherwise the backends of the data folder.
     *
     * @throws CommandFailedException if Kafka or Redis is in neither place
     */
    public Apps apps() {
        return new Apps(data.backends(), CompletableFuture.completedFuture(null), settings());
    }
}
