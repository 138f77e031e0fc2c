package io.turnlane.standalone;

import io.turnlane.standalone.run.Apps;
import io.turnlane.standalone.run.BackendAddresses;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a gateway and a processor that run alone have in common. */
final class AppOptions {

    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private KafkaOption kafka = new KafkaOption();

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "A setting; repeatable.")
    private Map<String, String> settings = new HashMap<>();

    Path data() {
        return data.path();
    }

    Map<String, String> settings() {
        return kafka.under(settings);
    }

    /** @throws CommandFailedException where no backends are known */
    Apps apps() {
        BackendAddresses backends = BackendAddresses.find(System.getenv(), data.path())
                .orElseThrow(
                        () -> new CommandFailedException(
                                "No Kafka and Redis here: ./turnlane backends starts them, or set KAFKA_BOOTSTRAP_SERVERS and REDIS_URL."));
        return new Apps(backends, CompletableFuture.completedFuture(null), settings());
    }
}
