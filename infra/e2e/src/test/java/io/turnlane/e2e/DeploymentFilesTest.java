package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.topic.Topics;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files in {@code infra/deploy}, without the tools that use them. */
class DeploymentFilesTest {

    private static final Path DEPLOY = Path.of("../deploy");

    private static List<List<String>> acls() throws IOException {
        return Files.readAllLines(DEPLOY.resolve("kafka/acls.tsv")).stream()
                .filter(line -> !line.startsWith("#"))
                .map(line -> List.of(line.split("\t", -1)))
                .toList();
    }

    @Test
    void theDocumentedAclsAreThoseOfTheFile() throws IOException {
        String page = Files.readString(Path.of("../../docs/security.md"));
        String table = page.substring(page.indexOf("<!-- acls -->"));
        List<List<String>> documented = table.lines()
                .skip(4)
                .takeWhile(line -> line.startsWith("|"))
                .map(line -> Stream.of(line.substring(1).split("\\|", -1))
                        .map(cell -> cell.strip().replace("`", "").replace(", ", ","))
                        .limit(5)
                        .toList())
                .toList();
        assertThat(documented).isEqualTo(acls());
    }

    /** The topic of replays is not used yet. */
    @Test
    void everyTopicThatIsUsedHasAnAcl() throws Exception {
        Set<String> used = acls().stream().map(acl -> acl.get(3)).collect(Collectors.toSet());
        for (Method topic : Topics.class.getDeclaredMethods()) {
            boolean isName = topic.getReturnType() == String.class && topic.getParameterCount() == 0;
            if (isName && !Set.of("prefix", "shadow", "toString").contains(topic.getName())) {
                assertThat(used)
                        .as("infra/deploy/kafka/acls.tsv")
                        .contains(String.valueOf(topic.invoke(Topics.DEFAULT)));
            }
        }
    }

    @Test
    void theScriptAddsEveryAcl(@TempDir Path folder) throws Exception {
        Path tool = folder.resolve("kafka-acls.sh");
        Files.writeString(tool, "#!/usr/bin/env bash\necho \"$@\"\n");
        Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwx------"));
        ProcessBuilder script = new ProcessBuilder(
                "bash", DEPLOY.resolve("kafka/create-acls.sh").toString(), "broker:9092", "admin.properties");
        script.environment().merge("PATH", folder.toString(), (path, added) -> added + ":" + path);
        Process running = script.redirectErrorStream(true).start();
        List<String> calls = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertThat(running.waitFor()).isZero();
        assertThat(calls).hasSameSizeAs(acls());
        assertThat(calls.get(1))
                .isEqualTo("--bootstrap-server broker:9092 --command-config admin.properties --add --allow-principal"
                        + " User:turnlane-gateway --topic turnlane.turns --resource-pattern-type literal"
                        + " --operation Read --operation Write");
    }
}
