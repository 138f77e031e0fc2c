package io.turnlane.backends;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Both as child processes on a temporary folder; they may be stopped, killed and frozen. */
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

    /** Where their data and logs stand, until {@link #close}. */
    public Path folder() {
        return folder.path();
    }

    @Override
    public String bootstrapServers() {
        return backends.bootstrapServers();
    }

    @Override
    public String redisUrl() {
        return backends.redisUrl();
    }

    /** The broker, to do harm to. */
    public Victim broker() {
        return new Victim(backends.broker());
    }

    /** The Redis, to do harm to. */
    public Victim redis() {
        return new Victim(backends.redis());
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

    /** One of the two, as fault tests see it. It comes back on the port and with the data that it had. */
    public static final class Victim {

        private final ChildProcess process;

        private Victim(ChildProcess process) {
            this.process = process;
        }

        /** Stops it cleanly. */
        public void stop() {
            process.stop();
        }

        /** Ends it with SIGKILL. */
        public void kill() {
            process.kill();
        }

        /** Starts it again; returns when it serves. */
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

        /** Freezes it (SIGSTOP): connections stay open, nothing answers. */
        public void pause() {
            process.freeze();
        }

        /** Lets it go on (SIGCONT). */
        public void resume() {
            process.thaw();
        }
    }
}
