package io.turnlane.standalone.options;

import io.turnlane.client.ProblemException;
import io.turnlane.standalone.client.OperatorClient;
import io.turnlane.standalone.terminal.CommandFailedException;
import io.turnlane.standalone.terminal.FailureMessages;
import io.turnlane.standalone.terminal.LogSetup;
import java.io.IOException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of commands that call a gateway: which gateway, and the output format. */
public final class GatewayCallOptions {

    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private GatewayOption gateway = new GatewayOption();

    @Option(names = "--json", description = "Print JSON, one object per line.")
    private boolean json;

    /** Call to a gateway. */
    @FunctionalInterface
    public interface GatewayFunction<T> {
        T on(OperatorClient gateway) throws IOException, InterruptedException;
    }

    /** Returns true if the command prints JSON. */
    public boolean json() {
        return json;
    }

    /**
     * Calls the gateway and returns the result.
     *
     * @throws CommandFailedException if the gateway rejects the call, or if no gateway answers
     */
    public <T> T call(GatewayFunction<T> call) throws InterruptedException {
        LogSetup.quiet();
        return call(gateway.at(data.path()), call);
    }

    static <T> T call(OperatorClient client, GatewayFunction<T> call) throws InterruptedException {
        try {
            return call.on(client);
        } catch (ProblemException rejected) {
            throw new CommandFailedException(FailureMessages.of(rejected));
        } catch (IOException unreachable) {
            throw new CommandFailedException(FailureMessages.noGateway(client));
        }
    }
}
