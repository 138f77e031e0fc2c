package io.turnlane.standalone;

import io.turnlane.backends.DataFolder;
import io.turnlane.backends.RunState;
import io.turnlane.standalone.client.OperatorClient;
import io.turnlane.standalone.run.GatewayEntry;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which gateway a command talks to. */
final class GatewayOption {

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "The gateway's address. Default: $TURNLANE_URL, else those that run on the data folder.")
    private @Nullable String given;

    /**
     * Any of them answers; where one doesn't, the next is asked.
     *
     * @throws CommandFailedException where nothing runs on the folder and no address is given
     * @throws UsageException where what is given isn't an address
     */
    OperatorClient at(Path data) {
        Map<String, String> environment = System.getenv();
        return new OperatorClient(
                addresses(data, environment),
                Optional.ofNullable(environment.get("TURNLANE_API_KEY")).filter(key -> !key.isBlank()));
    }

    private List<URI> addresses(Path data, Map<String, String> environment) {
        if (given != null) {
            return List.of(address("--url", given));
        }
        String named = environment.getOrDefault("TURNLANE_URL", "");
        return named.isBlank() ? onFolder(data) : List.of(address("TURNLANE_URL", named));
    }

    /** The one of {@code up}, and those that were started by themselves. */
    static List<URI> onFolder(Path data) {
        Optional<RunState> running = DataFolder.read(data).filter(RunState::alive);
        Stream<URI> ofUp = running.map(RunState::address).map(URI::create).stream();
        List<URI> found = Stream.concat(ofUp, GatewayEntry.on(data).stream().map(GatewayEntry::address))
                .toList();
        if (found.isEmpty()) {
            throw new CommandFailedException(
                    running.isPresent()
                            ? "No gateway runs here yet: ./turnlane gateway starts one, --url names another"
                            : "Turnlane is not running here. Start it: ./turnlane up, or name a gateway with --url");
        }
        return found;
    }

    static URI address(String source, String text) {
        try {
            URI address = new URI(text.strip());
            if (("http".equals(address.getScheme()) || "https".equals(address.getScheme()))
                    && address.getHost() != null) {
                return address;
            }
        } catch (URISyntaxException _) {
            // told below
        }
        throw new UsageException(
                source + " isn't a gateway's address, as http://127.0.0.1:8080: " + OneLine.of(text, 80));
    }
}
