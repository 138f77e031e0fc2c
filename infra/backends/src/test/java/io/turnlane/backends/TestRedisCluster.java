package io.turnlane.backends;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Redis Cluster of three masters, each with a third of the slots, on the loopback address. Not thread-safe. */
public final class TestRedisCluster implements AutoCloseable {

    private static final int NODES = 3;
    private static final int SLOTS = 16_384;
    /** Distance of the port of a node's cluster bus from its own port. */
    private static final int BUS_OFFSET = 10_000;

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Path folder;
    private final List<Node> nodes = new ArrayList<>();

    private TestRedisCluster(Path folder) {
        this.folder = folder;
    }

    /** Starts a cluster; returns when each node reports that the cluster is complete. */
    public static TestRedisCluster start() {
        try {
            TestRedisCluster cluster = new TestRedisCluster(Files.createTempDirectory("turnlane-redis-cluster"));
            for (int i = 0; i < NODES; i++) {
                cluster.nodes.add(Node.start(cluster.folder.resolve("node-" + i)));
            }
            cluster.join();
            return cluster;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void join() throws IOException, InterruptedException {
        for (int i = 0; i < NODES; i++) {
            String slots = IntStream.range(SLOTS * i / NODES, SLOTS * (i + 1) / NODES)
                    .mapToObj(Integer::toString)
                    .collect(Collectors.joining(" "));
            nodes.get(i).send("CLUSTER ADDSLOTS " + slots);
            nodes.getFirst().send("CLUSTER MEET 127.0.0.1 " + nodes.get(i).port());
        }
        awaitComplete();
    }

    private void awaitComplete() throws InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!nodes.stream().allMatch(Node::seesAll)) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("the nodes did not become a cluster");
            }
            Thread.sleep(50);
        }
    }

    /** Returns {@code host:port} of each node, comma-separated. */
    public String nodes() {
        return nodes.stream().map(node -> "127.0.0.1:" + node.port()).collect(Collectors.joining(","));
    }

    /** Returns the number of keys of each node. */
    public List<Integer> keys() {
        return nodes.stream()
                .map(node -> Integer.parseInt(node.send("DBSIZE").substring(1)))
                .toList();
    }

    /** Returns {@code redis://host:port} of a node; the first is 0. */
    public String url(int node) {
        return "redis://127.0.0.1:" + nodes.get(node).port();
    }

    /** Deletes all keys of a node. */
    public void flush(int node) {
        nodes.get(node).send("FLUSHALL");
    }

    /** Kills a node and starts it again with its data and port; returns when the cluster is complete again. */
    public void killAndStart(int node) {
        try {
            nodes.get(node).process().kill();
            nodes.get(node).process().start();
            awaitComplete();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        nodes.forEach(node -> node.process().close());
        TestBackends.deleteRecursively(folder);
    }

    private record Node(int port, ChildProcess process) {

        static Node start(Path folder) throws IOException, InterruptedException {
            int port = freePortWithBus();
            Files.createDirectories(folder);
            ChildProcess process =
                    new ChildProcess(new RedisNode(folder, port), folder.resolve("redis.log"), launched -> {});
            process.start();
            return new Node(port, process);
        }

        private static int freePortWithBus() {
            while (true) {
                int port = FreePort.any();
                if (port + BUS_OFFSET < 65_536 && FreePort.isFree(port + BUS_OFFSET)) {
                    return port;
                }
            }
        }

        boolean seesAll() {
            String info = send("CLUSTER INFO");
            return info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:" + NODES);
        }

        String send(String command) {
            return sendTo(port, command);
        }
    }

    /** Sends an inline command and returns the reply. */
    private static String sendTo(int port, String command) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
            BufferedReader reader =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            String first = reader.readLine();
            if (first == null || first.startsWith("-")) {
                throw new IllegalStateException("Redis replied " + first);
            }
            if (!first.startsWith("$")) {
                return first;
            }
            char[] bulk = new char[Integer.parseInt(first.substring(1))];
            for (int read = 0; read < bulk.length; ) {
                read += reader.read(bulk, read, bulk.length - read);
            }
            return new String(bulk);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record RedisNode(Path folder, int port) implements Program {

        @Override
        public String name() {
            return "redis-node-" + port;
        }

        @Override
        public List<String> prepare() throws IOException {
            Path executable = RedisExecutable.find(System.getenv().getOrDefault("PATH", ""), folder.resolve("bin"))
                    .path();
            return List.of(
                    executable.toString(),
                    "--bind",
                    "127.0.0.1",
                    "--port",
                    Integer.toString(port),
                    "--dir",
                    folder.toString(),
                    "--cluster-enabled",
                    "yes",
                    "--appendonly",
                    "yes",
                    "--save",
                    "");
        }

        @Override
        public boolean isReady(long pid) {
            try {
                return sendTo(port, "PING").equals("+PONG");
            } catch (UncheckedIOException | IllegalStateException _) {
                return false;
            }
        }
    }
}
