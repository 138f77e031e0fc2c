package io.turnlane.standalone;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Stands in the list of commands; the script runs the tests itself, since it needs no build of this for that. */
@Command(name = "test", description = "Build everything and run all tests; further arguments go to Maven.")
final class TestCommand implements Callable<Integer> {

    @Override
    public Integer call() {
        throw new CommandFailedException("Run it through the script: ./turnlane test");
    }
}
