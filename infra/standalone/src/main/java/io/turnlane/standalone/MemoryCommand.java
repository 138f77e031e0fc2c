package io.turnlane.standalone;

import picocli.CommandLine.Command;

/** Command group for session memory. */
@Command(
        name = "memory",
        description = "Restore session data that Redis lost, from the log.",
        subcommands = MemoryRebuildCommand.class)
final class MemoryCommand {}
