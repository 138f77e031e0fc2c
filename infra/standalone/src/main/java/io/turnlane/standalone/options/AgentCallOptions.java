package io.turnlane.standalone.options;

import io.turnlane.standalone.options.GatewayCallOptions.GatewayFunction;
import io.turnlane.standalone.terminal.LogSetup;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Like {@link GatewayCallOptions}, for a command whose option {@code --url} is the address of an agent. */
public final class AgentCallOptions {

    @Mixin
    private DataOption data = new DataOption();

    @Option(
            names = "--gateway",
            paramLabel = "URL",
            description = "The gateway's address. Default: $TURNLANE_URL, otherwise the gateways of the data folder.")
    private @Nullable String gateway;

    @Option(names = "--json", description = "Print JSON, one object per line.")
    private boolean json;

    /** Returns true if the command prints JSON. */
    public boolean json() {
        return json;
    }

    /** Calls the gateway and returns the result. Throws the same exceptions as {@link GatewayCallOptions#call}. */
    public <T> T call(GatewayFunction<T> call) throws InterruptedException {
        LogSetup.quiet();
        return GatewayCallOptions.call(GatewayOption.client(data.path(), gateway), call);
    }
}
