package io.turnlane.backends;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Kafka and Redis as child processes with a temporary data folder. Tests may stop, kill and freeze them. */
public final class EmbeddedTestBackends extends TestBackends {

    private final DataFolder folder;
    private final Backends backends;

    private EmbeddedTestBackends(DataFolder folder, Backends backends) {
        this.folder = folder;
        this.backends = backends;
    }

    static EmbeddedTestBackends start() {
        try {
            DataFolder folder = DataFolder.claim(Files.createTempDirectory("turnlane-test"));
            Backends backends = Backends.on(folder, Backends.BackendOptions.embedded());
            backends.launch();
            return new EmbeddedTestBackends(folder, backends);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Returns the folder of their data and logs, which {@link #close} deletes. */
    public Path folder() {
        return folder.path();
    }

    @Override
    public Map<String, Object> kafka() {
        Map<String, Object> connection = new HashMap<>(backends.kafkaClientSettings());
        connection.put("bootstrap.servers", backends.bootstrapServers());
        return connection;
    }

    @Override
    public String redisUrl() {
        return backends.redisUrl();
    }

    /** Returns the broker, to stop, kill or freeze it. */
    public BackendProcess broker() {
        return new BackendProcess(backends.broker());
    }

    /** Returns the Redis, to stop, kill or freeze it. */
    public BackendProcess redis() {
        return new BackendProcess(backends.redis());
    }

    /** Resumes and starts what a test has frozen or stopped. */
    EmbeddedTestBackends restored() {
        broker().restore();
        redis().restore();
        return this;
    }

    @Override
    public void close() {
        try {
            broker().resume();
            redis().resume();
            backends.close();
            folder.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        deleteRecursively(folder.path());
    }

    /** One of the two processes, for fault tests. After a restart it has the same port and data. */
    public static final class BackendProcess {

        private static final int END_LIMIT_SECONDS = 40;

        private final ChildProcess process;

        private BackendProcess(ChildProcess process) {
            this.process = process;
        }

        /** Stops the process cleanly. */
        public void stop() {
            process.stop();
        }

        /** Ends the process with SIGKILL. */
        public void kill() {
            process.kill();
        }

        /** Starts the process again; returns when it is ready. */
        public void start() {
            try {
                process.start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }

        /** Waits until the process, which something else has stopped, has ended. */
        public void awaitEnd() {
            process.onExit().orTimeout(END_LIMIT_SECONDS, TimeUnit.SECONDS).join();
        }

        private void restore() {
            if (process.handle().filter(ProcessHandle::isAlive).isPresent()) {
                resume();
            } else {
                awaitEnd(); // ChildProcess reports an end a little later than the operating system
                start();
            }
        }

        /** Freezes the process with SIGSTOP: its connections stay open, but it does not answer. */
        public void pause() {
            process.freeze();
        }

        /** Resumes the process with SIGCONT. */
        public void resume() {
            process.thaw();
        }
    }
}
