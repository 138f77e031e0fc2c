package io.turnlane.standalone;

import io.turnlane.standalone.terminal.CommandFailedException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * Entry of {@code test} in the list of commands. The launcher script runs the tests itself, without this program.
 * {@link #call} runs only if a user started this program without the script.
 */
@Command(name = "test", description = "Build everything and run all tests. Further arguments go to Maven.")
final class TestCommand implements Callable<Integer> {

    @Override
    public Integer call() {
        throw new CommandFailedException("Only the launcher script can run the tests: ./turnlane test");
    }
}
