package io.turnlane.standalone;

import io.turnlane.client.ProblemException;
import io.turnlane.standalone.client.OperatorClient;
import java.io.IOException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whom an operator's command asks, how it prints, and what it says where nobody answers. */
final class GatewayCallOptions {

    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private GatewayOption gateway = new GatewayOption();

    @Option(names = "--json", description = "Print JSON, one object a line.")
    private boolean json;

    /** A call of a gateway. */
    @FunctionalInterface
    interface GatewayFunction<T> {
        T on(OperatorClient gateway) throws IOException, InterruptedException;
    }

    boolean json() {
        return json;
    }

    /** @throws CommandFailedException where it is refused, or nobody answers */
    <T> T call(GatewayFunction<T> call) throws InterruptedException {
        LogSetup.quiet();
        OperatorClient asked = gateway.at(data.path());
        try {
            return call.on(asked);
        } catch (ProblemException refused) {
            throw new CommandFailedException(FailureMessages.of(refused));
        } catch (IOException away) {
            throw new CommandFailedException(FailureMessages.unanswered(asked));
        }
    }
}
