package io.turnlane.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.standalone.terminal.UsageErrorHandler;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class BenchCommandTest {

    private final StringWriter out = new StringWriter();
    private final CommandLine command = new CommandLine(new BenchCommand())
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(out))
            .setParameterExceptionHandler(new UsageErrorHandler());

    @ParameterizedTest
    @ValueSource(strings = {"asks", "--rounds=0", "--seconds=-1", "--count=x"})
    void rejectsWrongUsageWithExitCode2(String argument) {
        assertThat(command.execute(argument)).isEqualTo(2);
        assertThat(out.toString()).contains("For help: ./turnlane bench --help");
    }

    @Test
    void theHelpNamesEveryScenario() {
        assertThat(command.execute("--help")).isZero();
        assertThat(out.toString())
                .contains("ask", "stream", "engine", "backlog", "sessions", "idle-streams", "startup", "seed");
    }
}
