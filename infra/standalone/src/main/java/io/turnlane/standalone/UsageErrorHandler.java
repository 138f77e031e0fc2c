package io.turnlane.standalone;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is wrong with a command line, in one line that the whole usage doesn't push off the screen. */
public final class UsageErrorHandler implements IParameterExceptionHandler {

    @Override
    public int handleParseException(ParameterException wrong, String[] arguments) {
        CommandLine command = wrong.getCommandLine();
        PrintWriter err = command.getErr();
        err.println(sentence(wrong, command));
        err.println("./" + command.getCommandSpec().qualifiedName() + " --help says more.");
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    private static String sentence(ParameterException wrong, CommandLine command) {
        if (!(wrong instanceof UnmatchedArgumentException unmatched) || unmatched.isUnknownOption()) {
            return FailureMessages.message(wrong);
        }
        List<String> tooMany = unmatched.getUnmatched();
        String known = command.getSubcommands().entrySet().stream()
                .filter(one -> !one.getValue().getCommandSpec().usageMessage().hidden())
                .map(Map.Entry::getKey)
                .collect(Collectors.joining(", "));
        return known.isEmpty()
                ? "That is too much: '" + String.join(" ", tooMany) + "'. Text of several words goes in quotes."
                : "There is no '" + tooMany.getFirst() + "' here; there are " + known + ".";
    }
}
