package io.turnlane.standalone.options;

import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Option that limits the memory of the embedded Redis. */
public final class RedisMemoryOption {

    private static final DataSize SMALLEST = DataSize.ofMegabytes(64);

    private long bytes;

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec;

    @Option(
            names = "--redis-memory",
            paramLabel = "SIZE",
            description = {
                "Memory limit of the embedded Redis, for example 512MB or 4GB. Default: a quarter of the machine's "
                        + "memory. Redis may need twice as much for a short time."
            })
    void set(String text) {
        try {
            DataSize size = DataSize.parse(text);
            if (size.compareTo(SMALLEST) < 0) {
                throw new IllegalArgumentException(text);
            }
            bytes = size.toBytes();
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(
                    java.util.Objects.requireNonNull(spec).commandLine(),
                    "--redis-memory must be a size of at least 64MB, for example 512MB or 4GB.");
        }
    }

    /** Returns the limit in bytes; 0 if none is given. */
    public long bytes() {
        return bytes;
    }
}
