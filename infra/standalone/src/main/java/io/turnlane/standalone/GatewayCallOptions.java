package io.turnlane.standalone;

import io.turnlane.client.ProblemException;
import io.turnlane.standalone.client.OperatorClient;
import java.io.IOException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of commands that call a gateway: which gateway, and the output format. */
final class GatewayCallOptions {

    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private GatewayOption gateway = new GatewayOption();

    @Option(names = "--json", description = "Print JSON, one object per line.")
    private boolean json;

    /** Call to a gateway. */
    @FunctionalInterface
    interface GatewayFunction<T> {
        T on(OperatorClient gateway) throws IOException, InterruptedException;
    }

    boolean json() {
        return json;
    }

    /**
     * Calls the gateway and returns the result.
     *
     * @throws CommandFailedException if the gateway rejects the call, or if no gateway answers
     */
    <T> T call(GatewayFunction<T> call) throws InterruptedException {
        LogSetup.quiet();
        OperatorClient client = gateway.at(data.path());
        try {
            return call.on(client);
        } catch (ProblemException rejected) {
            throw new CommandFailedException(FailureMessages.of(rejected));
        } catch (IOException unreachable) {
            throw new CommandFailedException(FailureMessages.noGateway(client));
        }
    }
}
