package io.turnlane.standalone;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/** The {@code turnlane} command. The script of that name finds Java, builds where needed, and runs this. */
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
            BackendsCommand.class,
            GatewayCommand.class,
            ProcessorCommand.class,
            QuarantineCommand.class,
            KeysCommand.class,
            EvacuateCommand.class,
            ReplayCommand.class,
            MemoryCommand.class,
            TestCommand.class,
            TrainCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done, or stopped by Ctrl-C or SIGTERM", "1:failed, or nothing runs", "2:wrong usage"})
final class Turnlane {

    private Turnlane() {}

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Turnlane())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler(new UsageErrorHandler())
                .setExecutionExceptionHandler((failure, commandLine, _) -> told(failure, commandLine));
    }

    private static int told(Exception failure, CommandLine commandLine) {
        if (failure instanceof UsageException wrong) {
            ParameterException told = new ParameterException(commandLine, String.valueOf(wrong.getMessage()));
            return new UsageErrorHandler().handleParseException(told, new String[0]);
        }
        commandLine.getErr().println(FailureMessages.of(failure));
        return 1;
    }

    /** The version in the jar's manifest. */
    static final class CommandVersion implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Turnlane.class.getPackage().getImplementationVersion();
            return new String[] {"turnlane " + (version == null ? "(not built as a jar)" : version)};
        }
    }
}
