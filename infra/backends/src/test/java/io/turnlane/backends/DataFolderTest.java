package io.turnlane.backends;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {

    private static final RunState STATE = new RunState(
            ProcessId.current(),
            null,
            "127.0.0.1:9092",
            "redis://:secret@127.0.0.1:6379",
            new RunState.EmbeddedBroker(
                    9092, 9093, "secret", new ProcessId(42, Instant.parse("2026-01-01T00:00:00.120Z"))),
            new RunState.EmbeddedRedis(6379, "secret", null));

    @TempDir
    Path temp;

    @Test
    void readsTheStateThatWasWritten() throws Exception {
        try (DataFolder folder = DataFolder.claim(temp)) {
            folder.begin(STATE);
            assertThat(DataFolder.read(temp)).contains(STATE);
            assertThat(DataFolder.read(temp).orElseThrow().alive()).isTrue();
        }
    }

    @Test
    void allowsOnlyTheOwnerToReadTheState() throws Exception {
        try (DataFolder folder = DataFolder.claim(temp)) {
            folder.begin(STATE);
            folder.publishAddress("http://127.0.0.1:8080");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(temp.resolve("run.json"))))
                    .isEqualTo("rw-------");
            assertThat(DataFolder.read(temp).orElseThrow().address()).isEqualTo("http://127.0.0.1:8080");
        }
    }

    /** The owner of the folder may be running while another process checks the permissions. */
    @Test
    void ignoresAFileThatIsDeletedWhileItsPermissionsAreChecked() throws Exception {
        PrivateFiles.restrict(temp.resolve("deleted"));
        assertThat(temp.resolve("deleted")).doesNotExist();
    }

    @Test
    void removesTheStateAfterACleanEnd() throws Exception {
        DataFolder folder = DataFolder.claim(temp);
        folder.begin(STATE);
        folder.close();
        assertThat(DataFolder.read(temp)).isEmpty();
        try (DataFolder next = DataFolder.claim(temp)) {
            assertThat(next.previous()).as("state of a killed run").isEmpty();
            assertThat(next.last()).as("state of the last run").contains(STATE);
        }
        assertThat(temp)
                .isDirectoryNotContaining(file -> file.getFileName().toString().endsWith(".new"));
    }

    @Test
    void allowsOneHolderAtATime() throws Exception {
        try (DataFolder folder = DataFolder.claim(temp)) {
            folder.begin(STATE);
            assertThatThrownBy(() -> DataFolder.claim(temp)).isInstanceOf(AlreadyRunningException.class);
        }
        DataFolder.claim(temp).close();
    }

    @Test
    void ignoresAnUnreadableState() throws Exception {
        Files.writeString(temp.resolve("run.json"), "{\"owner\":");
        assertThat(DataFolder.read(temp)).isEmpty();
    }

    @Test
    void printsNoPassword() {
        assertThat(STATE.toString()).doesNotContain("secret");
    }

    @Test
    void doesNotFindAnotherProcessWithTheSamePid() {
        ProcessId self = ProcessId.current();
        assertThat(self.find()).isPresent();
        assertThat(new ProcessId(self.pid(), self.started().minusSeconds(60)).find())
                .isEmpty();
    }
}
