package io.turnlane.standalone;

import picocli.CommandLine.Command;

/** What can be done about memory. */
@Command(
        name = "memory",
        description = "Put back what memory lost: Redis is a cache of the log.",
        subcommands = MemoryRebuildCommand.class)
final class MemoryCommand {}
