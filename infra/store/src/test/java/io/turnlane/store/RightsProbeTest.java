package io.turnlane.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rights that are checked and granted are those that the scripts need. */
class RightsProbeTest {

    private static final Path SOURCES = Path.of("src/main");
    private static final Pattern CALL = Pattern.compile("call\\('([A-Z]+)'");

    /** Commands without a key, which the probe cannot check in this way. */
    private static final Set<String> WITHOUT_KEY = Set.of("TIME");

    @Test
    void checksEveryCommandOfTheScripts() throws IOException {
        Set<String> checked = RightsProbe.COMMANDS.stream()
                .map(command -> command.split(" ", 2)[0])
                .collect(Collectors.toSet());
        assertThat(commandsOfScripts())
                .isNotEmpty()
                .allMatch(command -> checked.contains(command) || WITHOUT_KEY.contains(command));
    }

    @Test
    void gatewaysAndProcessorsMayRunThem() throws IOException {
        Set<String> needed = commandsOfScripts();
        RightsProbe.COMMANDS.forEach(command -> needed.add(command.split(" ", 2)[0]));
        List<String> users = Files.readAllLines(Path.of("../deploy/redis/users.acl"));
        for (String user : List.of("turnlane-gateway", "turnlane-processor")) {
            String line = users.stream()
                    .filter(each -> each.startsWith("user " + user + " "))
                    .findFirst()
                    .orElseThrow();
            assertThat(List.of(line.split(" ", -1)))
                    .as(user)
                    .containsAll(needed.stream()
                            .map(command -> "+" + command.toLowerCase(Locale.ROOT))
                            .toList());
        }
    }

    private static Set<String> commandsOfScripts() throws IOException {
        Set<String> commands = new TreeSet<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Matcher calls = CALL.matcher(Files.readString(file));
                calls.results().map(call -> call.group(1)).forEach(commands::add);
            }
        }
        return commands;
    }
}
