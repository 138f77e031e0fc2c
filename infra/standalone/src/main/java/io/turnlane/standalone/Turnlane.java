package io.turnlane.standalone;

import io.turnlane.standalone.terminal.FailureMessages;
import io.turnlane.standalone.terminal.UsageErrorHandler;
import io.turnlane.standalone.terminal.UsageException;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/** The {@code turnlane} command. The launcher script finds a JDK, builds if needed, and runs this class. */
@Command(
        name = "turnlane",
        description = "A queue in front of any conversational agent.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = Turnlane.CommandVersion.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            UpCommand.class,
            DownCommand.class,
            StatusCommand.class,
            AskCommand.class,
            AgentsCommand.class,
            BackendsCommand.class,
            GatewayCommand.class,
            ProcessorCommand.class,
            SessionsCommand.class,
            RequestsCommand.class,
            QuarantineCommand.class,
            KeysCommand.class,
            EvacuateCommand.class,
            ExplainCommand.class,
            ReplayCommand.class,
            MemoryCommand.class,
            TestCommand.class,
            TrainCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:success, or stopped by Ctrl-C or SIGTERM",
            "1:failure, or nothing is running",
            "2:wrong usage"
        })
final class Turnlane {

    private Turnlane() {}

    public static void main(String[] args) {
        Locale.setDefault(Locale.ENGLISH); // the output is in English, and so are its numbers
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Turnlane())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler(new UsageErrorHandler())
                .setExecutionExceptionHandler((failure, commandLine, _) -> report(failure, commandLine));
    }

    private static int report(Exception failure, CommandLine commandLine) {
        if (failure instanceof UsageException wrong) {
            ParameterException usage = new ParameterException(commandLine, String.valueOf(wrong.getMessage()));
            return new UsageErrorHandler().handleParseException(usage, new String[0]);
        }
        commandLine.getErr().println(FailureMessages.of(failure));
        return 1;
    }

    /** Reads the version from the manifest of the jar. */
    static final class CommandVersion implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Turnlane.class.getPackage().getImplementationVersion();
            return new String[] {"turnlane " + (version == null ? "(unknown version: not run from a jar)" : version)};
        }
    }
}
