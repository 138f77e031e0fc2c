package io.turnlane.standalone;

import io.turnlane.gateway.guard.keys.KeySecret;
import io.turnlane.log.CompactedTopic;
import io.turnlane.log.Replication;
import io.turnlane.model.ApiKey;
import io.turnlane.model.Scope;
import io.turnlane.model.WireFormat;
import io.turnlane.model.topic.Topics;
import io.turnlane.standalone.options.DataOption;
import io.turnlane.standalone.options.KafkaOption;
import io.turnlane.standalone.options.TimeSpanConverter;
import io.turnlane.standalone.run.KafkaAddress;
import io.turnlane.standalone.terminal.CommandFailedException;
import io.turnlane.standalone.terminal.LogSetup;
import io.turnlane.standalone.terminal.OneLine;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Command that manages API keys. It accesses Kafka directly and not through a gateway, because a gateway would require
 * a key, even for creating the first key.
 */
@Command(
        name = "keys",
        description = {
            "Create, list and revoke API keys, for gateways that run with turnlane.security.mode=api-key.",
            "It uses KAFKA_BOOTSTRAP_SERVERS if it is set, otherwise the Kafka of the data folder.",
            "For TLS and SASL, use --kafka-config."
        },
        synopsisSubcommandLabel = "create|list|revoke",
        subcommands = {
            KeysCommand.KeysCreateCommand.class,
            KeysCommand.KeysListCommand.class,
            KeysCommand.KeysRevokeCommand.class
        })
final class KeysCommand implements Runnable {

    private static final WireFormat WIRE = new WireFormat();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        CommandSpec own = Objects.requireNonNull(spec);
        throw new CommandLine.ParameterException(own.commandLine(), "Missing command: create, list or revoke.");
    }

    /** Options that name the topic of the keys. Also provides access to this topic. */
    static final class KeyTopicOptions {

        @Mixin
        private DataOption data = new DataOption();

        @Mixin
        private KafkaOption kafka = new KafkaOption();

        @Option(
                names = "--topics",
                paramLabel = "PREFIX",
                defaultValue = "turnlane.",
                description = "Prefix of the topic names. Default: \"${DEFAULT-VALUE}\" (with the dot).")
        private String prefix = "turnlane.";

        @Option(names = "--json", description = "Print JSON, one object per line.")
        private boolean json;

        interface KeyTopicFunction<T> {
            T on(CompactedTopic<ApiKey> topic) throws ExecutionException, InterruptedException;
        }

        <T> T with(KeyTopicFunction<T> work) throws InterruptedException {
            LogSetup.quiet();
            KafkaAddress address = data.kafka();
            Map<String, Object> connection = kafka.connection(address);
            try {
                return work.on(CompactedTopic.ofApiKeys(connection, new Topics(prefix)));
            } catch (KafkaException | ExecutionException e) {
                throw KafkaOption.describe(e, address);
            } catch (IllegalStateException unsuitable) { // the topic has settings with which it would lose keys
                throw new CommandFailedException(String.valueOf(unsuitable.getMessage()));
            }
        }

        /** Returns all keys, revoked keys included; none if the topic does not exist yet. */
        Collection<ApiKey> all() throws InterruptedException {
            return with(topic -> {
                try {
                    return topic.readAll();
                } catch (UnknownTopicOrPartitionException noTopic) {
                    return List.of();
                }
            });
        }

        void print(ApiKey key) {
            ApiKey shown = new ApiKey(
                    key.id(),
                    "",
                    key.userId(),
                    key.scopes(),
                    key.name(),
                    key.createdAt(),
                    key.expiresAt(),
                    key.revokedAt());
            System.out.println(new String(WIRE.writeValue(shown), StandardCharsets.UTF_8));
        }
    }

    /** Command that creates a key. */
    @Command(
            name = "create",
            description = {
                "Create a key and print it. This is the only time it is shown: only its SHA-256 is stored.",
                "The key goes to standard output, and a description of it to standard error."
            })
    static final class KeysCreateCommand implements Callable<Integer> {

        @Mixin
        private KeyTopicOptions options = new KeyTopicOptions();

        @Option(
                names = "--user",
                paramLabel = "ID",
                required = true,
                description = "User whose sessions the key gives access to: any text of up to 255 characters.")
        private String user = "";

        @Option(
                names = "--scopes",
                paramLabel = "SCOPES",
                split = ",",
                defaultValue = "ask,read",
                description = {
                    "Permissions of the key: ask, read, ops, content. Default: ${DEFAULT-VALUE}.",
                    "ask: ask and cancel questions, change own sessions. read: read and follow own sessions.",
                    "ops: console, quarantine, statistics, metrics. content: with ops, show questions and answers."
                })
        private List<String> scopes = new ArrayList<>();

        @Option(
                names = "--expires",
                paramLabel = "TIME",
                description = "Lifetime of the key, for example 12h or 90d. Default: unlimited.",
                converter = TimeSpanConverter.class)
        private @Nullable Duration expires;

        @Option(
                names = "--durable",
                description = {
                    "Create the topic of the keys with three replicas if it does not exist.",
                    "Use this for an installation with turnlane.topics.durable=true."
                })
        private boolean durable;

        @Option(
                names = "--name",
                paramLabel = "TEXT",
                description = "Label of the key, for example the place where it is used.")
        private @Nullable String name;

        @Spec
        private @Nullable CommandSpec spec;

        @Override
        public Integer call() throws InterruptedException {
            KeySecret secret = KeySecret.random(new SecureRandom());
            ApiKey key = key(secret);
            options.with(topic -> {
                topic.createIfMissing(durable ? Replication.DURABLE : Replication.OF_THE_BROKER);
                topic.publish(key);
                return key;
            });
            System.out.println(secret.reveal());
            System.err.printf(
                    "Created key %s of user %s with scopes %s, %s. Save it now: it is not shown again.%n",
                    key.id(), key.userId(), commaSeparated(key.scopes()), validity(key));
            return 0;
        }

        private ApiKey key(KeySecret secret) {
            Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
            try {
                Set<Scope> wanted = scopes.stream()
                        .map(Scope::of)
                        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Scope.class)));
                return secret.stored(user, wanted, name, now, expires == null ? null : now.plus(expires));
            } catch (IllegalArgumentException wrong) {
                throw new CommandLine.ParameterException(
                        Objects.requireNonNull(spec).commandLine(), wrong.getMessage() + ".");
            }
        }

        private static String validity(ApiKey key) {
            return key.expiresAt() == null ? "valid without limit" : "valid until " + key.expiresAt();
        }
    }

    /** Command that prints one line for each key. */
    @Command(name = "list", description = "List keys, newest first, without their secrets.")
    static final class KeysListCommand implements Callable<Integer> {

        @Mixin
        private KeyTopicOptions options = new KeyTopicOptions();

        @Option(names = "--all", description = "Include revoked keys.")
        private boolean all;

        @Option(names = "--user", paramLabel = "ID", description = "Only the keys of this user.")
        private @Nullable String user;

        @Override
        public Integer call() throws InterruptedException {
            List<ApiKey> keys = options.all().stream()
                    .filter(key -> all || !key.revoked())
                    .filter(key -> user == null || user.equals(key.userId()))
                    .sorted(Comparator.comparing(ApiKey::createdAt).reversed())
                    .toList();
            if (options.json) {
                keys.forEach(options::print);
            } else if (keys.isEmpty()) {
                System.out.println("No keys found.");
            } else {
                table(keys, System.out);
            }
            return 0;
        }

        private static void table(List<ApiKey> keys, PrintStream out) {
            Instant now = Instant.now();
            out.printf(
                    "%-12s  %-24s  %-12s  %-8s  %-19s  %s%n", "ID", "USER", "SCOPES", "STATE", "EXPIRES (UTC)", "NAME");
            for (ApiKey key : keys) {
                out.printf(
                        "%-12s  %-24s  %-12s  %-8s  %-19.19s  %s%n",
                        key.id(),
                        OneLine.of(key.userId(), 24),
                        commaSeparated(key.scopes()),
                        key.revoked() ? "revoked" : key.expired(now) ? "expired" : "valid",
                        key.expiresAt() == null ? "never" : key.expiresAt().toString(),
                        key.name() == null ? "" : OneLine.of(key.name(), 40));
            }
        }
    }

    /** Command that revokes keys. */
    @Command(
            name = "revoke",
            description = {
                "Revoke keys. Every gateway rejects them within 2 s, and closes their streams and sockets.",
                "Exit code 1 if there is no such key."
            })
    static final class KeysRevokeCommand implements Callable<Integer> {

        @Mixin
        private KeyTopicOptions options = new KeyTopicOptions();

        @Parameters(
                paramLabel = "ID",
                arity = "1..*",
                description = "Id as printed by list, or a whole key, for example a leaked one.")
        private List<String> ids = new ArrayList<>();

        @Override
        public Integer call() throws InterruptedException {
            Map<String, ApiKey> known = options.all().stream().collect(Collectors.toMap(ApiKey::id, key -> key));
            int exit = 0;
            for (String id : ids) {
                ApiKey key = known.get(idOf(id));
                if (key == null) {
                    System.err.println(idOf(id) + "  no such key");
                    exit = 1;
                } else {
                    revoke(key);
                }
            }
            return exit;
        }

        private void revoke(ApiKey key) throws InterruptedException {
            ApiKey revoked = key.revoked() ? key : key.revoke(Instant.now().truncatedTo(ChronoUnit.MILLIS));
            options.with(topic -> {
                topic.publish(revoked);
                return revoked;
            });
            if (options.json) {
                options.print(revoked);
            } else {
                System.out.println(key.id() + "  revoked, user " + OneLine.of(key.userId(), 60));
            }
        }

        /**
         * Returns the id in a whole key, so that its secret is not printed. Returns other text on one line, cut to 40
         * characters.
         */
        private static String idOf(String given) {
            String[] parts = given.split("_", 3);
            return parts.length == 3 && parts[0].equals("tl") ? parts[1] : OneLine.of(given, 40);
        }
    }

    private static String commaSeparated(Set<Scope> scopes) {
        return scopes.stream().map(Scope::wire).collect(Collectors.joining(","));
    }
}
