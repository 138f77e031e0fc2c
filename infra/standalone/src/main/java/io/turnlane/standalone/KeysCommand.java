package io.turnlane.standalone;

import io.turnlane.gateway.keys.KafkaKeyTopic;
import io.turnlane.gateway.keys.KeySecret;
import io.turnlane.model.ApiKey;
import io.turnlane.model.Scope;
import io.turnlane.model.Topics;
import io.turnlane.model.WireFormat;
import io.turnlane.standalone.run.BackendAddresses;
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
import org.springframework.boot.convert.DurationStyle;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** API keys: they are made where the log is, so that the first one needs no other. */
@Command(
        name = "keys",
        description = {
            "Make, list and revoke API keys, for gateways that run with turnlane.security.mode=api-key.",
            "It uses KAFKA_BOOTSTRAP_SERVERS, by default the Kafka of the data folder; for TLS and SASL --kafka-config."
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
        throw new CommandLine.ParameterException(own.commandLine(), "Say what to do: create, list or revoke.");
    }

    /** Where the keys are. */
    static final class KeyTopicOptions {

        @Mixin
        private DataOption data = new DataOption();

        @Mixin
        private KafkaOption kafka = new KafkaOption();

        @Option(
                names = "--topics",
                paramLabel = "PREFIX",
                defaultValue = "turnlane.",
                description = "Start of the topics' names. Default: ${DEFAULT-VALUE}")
        private String prefix = "turnlane.";

        @Option(names = "--json", description = "Print JSON, one object a line.")
        private boolean json;

        interface KeyTopicFunction<T> {
            T on(KafkaKeyTopic topic) throws ExecutionException, InterruptedException;
        }

        <T> T with(KeyTopicFunction<T> work) throws InterruptedException {
            LogSetup.quiet();
            BackendAddresses backends = BackendAddresses.find(System.getenv(), data.path())
                    .orElseThrow(() -> new CommandFailedException(
                            "No Kafka here: ./turnlane up starts one, or set KAFKA_BOOTSTRAP_SERVERS and REDIS_URL."));
            String servers = backends.kafkaBootstrapServers();
            Map<String, Object> connection = kafka.connection(servers);
            try {
                return work.on(new KafkaKeyTopic(connection, new Topics(prefix).keys()));
            } catch (KafkaException | ExecutionException e) {
                throw KafkaOption.failed(e, servers);
            }
        }

        /** All that were made; none where there is no topic yet. */
        Collection<ApiKey> all() throws InterruptedException {
            return with(topic -> {
                try {
                    return topic.readAll();
                } catch (UnknownTopicOrPartitionException none) {
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

    /** Makes one. */
    @Command(
            name = "create",
            description = {
                "Make a key and print it. It is shown this once: only its SHA-256 is kept.",
                "The key alone goes to standard output, what it is for to standard error."
            })
    static final class KeysCreateCommand implements Callable<Integer> {

        @Mixin
        private KeyTopicOptions place = new KeyTopicOptions();

        @Option(
                names = "--user",
                paramLabel = "ID",
                required = true,
                description = "Whose sessions it opens: any text of up to 255 characters.")
        private String user = "";

        @Option(
                names = "--scopes",
                paramLabel = "SCOPES",
                split = ",",
                defaultValue = "ask,read",
                description = {
                    "What it may do, of ask, read, ops. Default: ${DEFAULT-VALUE}.",
                    "ask: ask, cancel, change own sessions; read: read and follow them; ops: quarantine, figures, metrics."
                })
        private List<String> scopes = new ArrayList<>();

        @Option(
                names = "--expires",
                paramLabel = "TIME",
                description = "After how long it opens nothing any more, as 12h or 90d. Default: never.")
        private @Nullable String expires;

        @Option(names = "--name", paramLabel = "TEXT", description = "What to remember it by.")
        private @Nullable String name;

        @Spec
        private @Nullable CommandSpec spec;

        @Override
        public Integer call() throws InterruptedException {
            KeySecret secret = KeySecret.random(new SecureRandom());
            ApiKey key = key(secret);
            place.with(topic -> {
                topic.createIfMissing((short) -1);
                topic.publish(key);
                return key;
            });
            System.out.println(secret.reveal());
            System.err.printf(
                    "Key %s of %s, for %s, %s. It won't be shown again.%n",
                    key.id(), key.userId(), words(key.scopes()), until(key));
            return 0;
        }

        private ApiKey key(KeySecret secret) {
            Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
            try {
                Set<Scope> wanted = scopes.stream()
                        .map(Scope::of)
                        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Scope.class)));
                return secret.stored(user, wanted, name, now, expires == null ? null : now.plus(life(expires)));
            } catch (IllegalArgumentException wrong) {
                throw new CommandLine.ParameterException(
                        Objects.requireNonNull(spec).commandLine(), wrong.getMessage() + ".");
            }
        }

        private static Duration life(String text) {
            Duration life;
            try {
                life = DurationStyle.SIMPLE.parse(text);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("a time is a number and a unit, as 12h or 90d", e);
            }
            if (!life.isPositive()) {
                throw new IllegalArgumentException("a key lives for some time");
            }
            return life;
        }

        private static String until(ApiKey key) {
            return key.expiresAt() == null ? "without end" : "until " + key.expiresAt();
        }
    }

    /** One line a key. */
    @Command(name = "list", description = "List keys, the newest first; never their secrets.")
    static final class KeysListCommand implements Callable<Integer> {

        @Mixin
        private KeyTopicOptions place = new KeyTopicOptions();

        @Option(names = "--all", description = "Revoked ones too.")
        private boolean all;

        @Option(names = "--user", paramLabel = "ID", description = "Only those of this user.")
        private @Nullable String user;

        @Override
        public Integer call() throws InterruptedException {
            List<ApiKey> keys = place.all().stream()
                    .filter(key -> all || !key.revoked())
                    .filter(key -> user == null || user.equals(key.userId()))
                    .sorted(Comparator.comparing(ApiKey::createdAt).reversed())
                    .toList();
            if (place.json) {
                keys.forEach(place::print);
            } else if (keys.isEmpty()) {
                System.out.println("There are no keys.");
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
                        words(key.scopes()),
                        key.revoked() ? "revoked" : key.expired(now) ? "expired" : "stands",
                        key.expiresAt() == null ? "never" : key.expiresAt().toString(),
                        key.name() == null ? "" : OneLine.of(key.name(), 40));
            }
        }
    }

    /** Takes some back. */
    @Command(
            name = "revoke",
            description = {
                "Revoke keys: every gateway refuses them within 2 s and ends what they have open.",
                "Exit code 1 where one isn't known."
            })
    static final class KeysRevokeCommand implements Callable<Integer> {

        @Mixin
        private KeyTopicOptions place = new KeyTopicOptions();

        @Parameters(paramLabel = "ID", arity = "1..*", description = "As list prints it, or a whole key that got out.")
        private List<String> ids = new ArrayList<>();

        @Override
        public Integer call() throws InterruptedException {
            Map<String, ApiKey> known = place.all().stream().collect(Collectors.toMap(ApiKey::id, key -> key));
            int exit = 0;
            for (String id : ids) {
                ApiKey key = known.get(idOf(id));
                if (key == null) {
                    System.err.println(idOf(id) + "  there is no such key");
                    exit = 1;
                } else {
                    revoke(key);
                }
            }
            return exit;
        }

        private void revoke(ApiKey key) throws InterruptedException {
            ApiKey revoked = key.revoked() ? key : key.revoke(Instant.now().truncatedTo(ChronoUnit.MILLIS));
            place.with(topic -> {
                topic.publish(revoked);
                return revoked;
            });
            if (place.json) {
                place.print(revoked);
            } else {
                System.out.println(key.id() + "  revoked, of " + OneLine.of(key.userId(), 60));
            }
        }

        /** The secret isn't printed back. */
        private static String idOf(String given) {
            String[] parts = given.split("_", 3);
            return parts.length == 3 && parts[0].equals("tl") ? parts[1] : OneLine.of(given, 40);
        }
    }

    private static String words(Set<Scope> scopes) {
        return scopes.stream().map(Scope::wire).collect(Collectors.joining(","));
    }
}
