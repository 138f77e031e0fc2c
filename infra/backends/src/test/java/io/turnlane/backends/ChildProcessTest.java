package io.turnlane.backends;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildProcessTest {

    /** Otherwise the next start would do nothing, because it takes the ending process for a running one. */
    @Test
    void hasNoProcessAfterAnInterruptedStart(@TempDir Path folder) {
        ChildProcess child = new ChildProcess(new NeverReady(), folder.resolve("out"), _ -> {});
        for (int attempt = 0; attempt < 20; attempt++) {
            assertThatThrownBy(child::start).isInstanceOf(InterruptedException.class);
            assertThat(child.isAlive()).isFalse();
        }
    }

    /** Interrupts its own start. */
    private static final class NeverReady implements Program {

        @Override
        public String name() {
            return "sleeper";
        }

        @Override
        public List<String> prepare() {
            return List.of("sleep", "600");
        }

        @Override
        public boolean isReady(long pid) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
