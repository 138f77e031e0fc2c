package io.turnlane.backends;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;

/** Process that holds a data folder and its backends, for tests that kill it. Ends cleanly on SIGTERM. */
final class Holder {

    private Holder() {}

    public static void main(String[] args) throws Exception {
        DataFolder folder = DataFolder.claim(Path.of(args[0]));
        Backends backends = Backends.on(folder, Backends.BackendOptions.embedded());
        backends.start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            backends.close();
            try {
                folder.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }));
        folder.publishAddress("http://127.0.0.1:1234");
        Thread.currentThread().join();
    }

    static Process start(Path folder) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    static RunState awaitReady(Path folder, Process holder) {
        return await().atMost(Duration.ofSeconds(60))
                .failFast(() -> !holder.isAlive())
                .until(
                        () -> DataFolder.read(folder),
                        state -> state.map(RunState::address).isPresent())
                .orElseThrow();
    }
}
