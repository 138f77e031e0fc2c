package io.turnlane.backends;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.utils.SecurityUtils;

/**
 * Kafka broker and Redis that are secured as in production: both require TLS, a user with a password, and rights. Users
 * have exactly the rights in {@code infra/deploy}. Each is a process of its own. Not thread-safe.
 */
public final class SecuredTestBackends implements AutoCloseable {

    /** User of gateways. */
    public static final String GATEWAY = "turnlane-gateway";

    /** User of processors. */
    public static final String PROCESSOR = "turnlane-processor";

    /** User of the commands of operators. */
    public static final String OPERATOR = "turnlane-operator";

    /** User without any right in Kafka, and without the right to run HSET and ZADD in Redis. */
    public static final String STRANGER = "stranger";

    private static final Path DEPLOY = Path.of("../deploy");
    private static final String CLIENTS = "SECURED";
    private static final String OWNER = "owner";
    private static final BrokerLogin BROKER = new BrokerLogin(password("broker"));

    private final Path folder;
    private final int ownerPort = FreePort.any();
    private final int port = FreePort.any();
    private final int redisPort = FreePort.any();
    private final TestCertificate certificate;
    private final TestCertificate untrusted;
    private final ChildProcess broker;
    private final ChildProcess redis;

    private SecuredTestBackends(Path folder) throws IOException, InterruptedException {
        this.folder = folder;
        this.certificate = TestCertificate.create(folder.resolve("certificate"));
        this.untrusted = TestCertificate.create(folder.resolve("untrusted"));
        Path home = Files.createDirectories(folder.resolve("kafka"));
        StringWriter text = new StringWriter();
        brokerSettings(home).store(text, null);
        Files.writeString(home.resolve("server.properties"), text.toString());
        String clusterId = Uuid.randomUuid().toString();
        this.broker = new ChildProcess(
                new TestBrokerCluster.BrokerNode(home, clusterId), home.resolve("out.log"), launched -> {});
        Path redisHome = Files.createDirectories(folder.resolve("redis"));
        this.redis = new ChildProcess(new SecuredRedis(redisHome), redisHome.resolve("redis.log"), launched -> {});
    }

    /** Starts both; returns when they are ready and all users exist. */
    public static SecuredTestBackends start() throws IOException, InterruptedException, ExecutionException {
        SecuredTestBackends backends = new SecuredTestBackends(Files.createTempDirectory("turnlane-secured"));
        backends.redis.start();
        backends.broker.start();
        try (Admin admin = Admin.create(backends.ownerConnection())) {
            admin.alterUserScramCredentials(users()).all().get();
            admin.createAcls(acls()).all().get();
        }
        return backends;
    }

    private Properties brokerSettings(Path home) {
        Properties settings =
                new BrokerSettings(home, ownerPort, FreePort.any(), BROKER, Optional.empty()).toProperties();
        String listener = "listener.name." + CLIENTS.toLowerCase(Locale.ROOT);
        settings.merge("listeners", CLIENTS + "://127.0.0.1:" + port, SecuredTestBackends::join);
        settings.merge("advertised.listeners", CLIENTS + "://127.0.0.1:" + port, SecuredTestBackends::join);
        settings.merge("listener.security.protocol.map", CLIENTS + ":SASL_SSL", SecuredTestBackends::join);
        settings.put(listener + ".sasl.enabled.mechanisms", "SCRAM-SHA-512");
        settings.put(
                listener + ".scram-sha-512.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;");
        settings.put("ssl.keystore.type", "PKCS12");
        settings.put("ssl.keystore.location", certificate.keyStore().toString());
        settings.put("ssl.keystore.password", TestCertificate.STORE_PASSWORD);
        settings.put("ssl.key.password", TestCertificate.STORE_PASSWORD);
        settings.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        settings.put("super.users", "User:turnlane");
        return settings;
    }

    private static Object join(Object before, Object added) {
        return before + "," + added;
    }

    private static List<UserScramCredentialAlteration> users() {
        List<UserScramCredentialAlteration> users = new ArrayList<>();
        for (String user : List.of(GATEWAY, PROCESSOR, OPERATOR, STRANGER)) {
            users.add(new UserScramCredentialUpsertion(
                    user, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), password(user)));
        }
        return users;
    }

    /** Reads the ACLs from the file that operators use: user, resource type, pattern type, name, operations. */
    private static List<AclBinding> acls() throws IOException {
        List<AclBinding> acls = new ArrayList<>();
        for (String line : Files.readAllLines(DEPLOY.resolve("kafka/acls.tsv"))) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] columns = line.split("\t", -1);
            ResourcePattern pattern = new ResourcePattern(
                    ResourceType.fromString(columns[1]),
                    columns[3],
                    PatternType.fromString(columns[2].toUpperCase(Locale.ROOT)));
            for (String operation : columns[4].split(",", -1)) {
                acls.add(new AclBinding(
                        pattern,
                        new AccessControlEntry(
                                "User:" + columns[0],
                                "*",
                                SecurityUtils.operation(operation),
                                AclPermissionType.ALLOW)));
            }
        }
        return acls;
    }

    private static String password(String user) {
        return "s3cret-of-" + user;
    }

    /** Returns a part of every password, which must not appear in any output. */
    public static String partOfEveryPassword() {
        return "s3cret-of";
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /** Returns the settings of a Kafka client that may do everything. */
    private Map<String, Object> ownerConnection() {
        Map<String, Object> settings = new HashMap<>(BROKER.clientSettings());
        settings.put("bootstrap.servers", "127.0.0.1:" + ownerPort);
        return settings;
    }

    /** Access of a client. The passwords and the certificate can be wrong. */
    public enum ClientAccess {
        RIGHT,
        WRONG_PASSWORD,
        UNTRUSTED_CERTIFICATE
    }

    /** Returns the settings of a Kafka client without the address. */
    public Map<String, String> kafkaSettings(String user, ClientAccess access) {
        String password = password(user) + (access == ClientAccess.WRONG_PASSWORD ? "-wrong" : "");
        return Map.of(
                "security.protocol",
                "SASL_SSL",
                "sasl.mechanism",
                "SCRAM-SHA-512",
                "sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"" + user + "\" password=\""
                        + password + "\";",
                "ssl.truststore.type",
                "PKCS12",
                "ssl.truststore.location",
                trusted(access).trustStore().toString(),
                "ssl.truststore.password",
                TestCertificate.STORE_PASSWORD);
    }

    /** Returns the settings of a Kafka client with the address. */
    public Map<String, Object> kafka(String user, ClientAccess access) {
        Map<String, Object> settings = new HashMap<>(kafkaSettings(user, access));
        settings.put("bootstrap.servers", bootstrapServers());
        return settings;
    }

    /** Returns a file with the settings of a Kafka client, as Kafka's own tools accept it. */
    public Path kafkaFile(String user, ClientAccess access) throws IOException {
        Properties settings = new Properties();
        settings.putAll(kafkaSettings(user, access));
        StringWriter text = new StringWriter();
        settings.store(text, null);
        return Files.writeString(folder.resolve(user + "-" + access + ".properties"), text.toString());
    }

    /** Returns the URL of Redis for a user. */
    public String redisUrl(String user, ClientAccess access) {
        String password = password(user) + (access == ClientAccess.WRONG_PASSWORD ? "-wrong" : "");
        return "rediss://" + user + ":" + password + "@127.0.0.1:" + redisPort;
    }

    /** Returns the PEM file with the certificate that a client of Redis trusts. */
    public Path redisAuthority(ClientAccess access) {
        return trusted(access).pem();
    }

    private TestCertificate trusted(ClientAccess access) {
        return access == ClientAccess.UNTRUSTED_CERTIFICATE ? untrusted : certificate;
    }

    /** Returns the URL of Redis for a user that may do everything. */
    public String redisOwnerUrl() {
        return redisUrl(OWNER, ClientAccess.RIGHT);
    }

    @Override
    public void close() {
        broker.kill();
        broker.close();
        redis.kill();
        redis.close();
        TestBackends.deleteRecursively(folder);
    }

    /** Redis that accepts TLS connections only. */
    private final class SecuredRedis implements Program {

        private final Path home;

        SecuredRedis(Path home) {
            this.home = home;
        }

        @Override
        public String name() {
            return "secured-redis";
        }

        @Override
        public List<String> prepare() throws IOException {
            Files.writeString(home.resolve("users.acl"), aclFile());
            Files.writeString(home.resolve("redis.conf"), """
                    bind 127.0.0.1
                    port 0
                    tls-port %s
                    tls-cert-file "%s"
                    tls-key-file "%s"
                    tls-ca-cert-file "%s"
                    tls-auth-clients no
                    aclfile "%s"
                    dir "%s"
                    save ""
                    maxmemory-policy noeviction
                    """.formatted(
                            redisPort,
                            certificate.pem(),
                            certificate.keyPem(),
                            certificate.pem(),
                            home.resolve("users.acl"),
                            home));
            Path executable = RedisExecutable.find(System.getenv().getOrDefault("PATH", ""), home.resolve("bin"))
                    .path();
            return List.of(executable.toString(), home.resolve("redis.conf").toString());
        }

        /** Returns the users in the file for operators, and those of the tests. */
        private String aclFile() throws IOException {
            String text = Files.readString(DEPLOY.resolve("redis/users.acl"));
            for (String user : List.of(GATEWAY, PROCESSOR, OPERATOR)) {
                String placeholder =
                        ">PASSWORD_OF_" + user.toUpperCase(Locale.ROOT).replace('-', '_');
                if (!text.contains(placeholder)) {
                    throw new IllegalStateException("users.acl lacks " + placeholder);
                }
                text = text.replace(placeholder, ">" + password(user));
            }
            return text
                    + "user " + OWNER + " on >" + password(OWNER) + " ~* &* +@all\n"
                    + "user " + STRANGER + " on >" + password(STRANGER) + " ~tl:* +@all -hset -zadd\n";
        }

        @Override
        public boolean isReady(long pid) {
            try {
                return Files.readString(home.resolve("redis.log")).contains("Ready to accept connections");
            } catch (IOException _) {
                return false;
            }
        }
    }
}
