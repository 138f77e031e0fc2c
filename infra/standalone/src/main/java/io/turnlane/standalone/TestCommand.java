package io.turnlane.standalone;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * Entry in the list of commands. The launcher script handles this command itself, because the tests need no build of
 * this program. {@link #call} runs only if this program was started without the script.
 */
@Command(name = "test", description = "Build everything and run all tests. Further arguments go to Maven.")
final class TestCommand implements Callable<Integer> {

    @Override
    public Integer call() {
        throw new CommandFailedException("Only the launcher script can run the tests: ./turnlane test");
    }
}
