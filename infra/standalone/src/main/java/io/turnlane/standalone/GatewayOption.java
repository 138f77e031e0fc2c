package io.turnlane.standalone;

import io.turnlane.backends.DataFolder;
import io.turnlane.backends.RunState;
import io.turnlane.standalone.client.Gateway;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which gateway a command talks to. */
final class GatewayOption {

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "The gateway's address. Default: $TURNLANE_URL, else the one that runs on the data folder.")
    private @Nullable URI given;

    /** @throws CommandFailedException where nothing runs on the folder and no address is given */
    Gateway at(Path data) {
        Map<String, String> environment = System.getenv();
        URI address = Optional.ofNullable(given)
                .or(() -> Optional.ofNullable(environment.get("TURNLANE_URL"))
                        .filter(url -> !url.isBlank())
                        .map(URI::create))
                .or(() -> DataFolder.read(data).filter(RunState::alive).map(GatewayOption::addressOf))
                .orElseThrow(() -> new CommandFailedException("Turnlane isn't running here: ./turnlane up"));
        return new Gateway(
                address,
                Optional.ofNullable(environment.get("TURNLANE_API_KEY")).filter(key -> !key.isBlank()));
    }

    /** Where only backends run, a gateway that was started beside them is most likely on its default port. */
    private static URI addressOf(RunState state) {
        String address = state.address();
        return URI.create(address == null ? "http://127.0.0.1:" + GatewayPort.DEFAULT : address);
    }
}
