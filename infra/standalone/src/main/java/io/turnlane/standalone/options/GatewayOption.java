package io.turnlane.standalone.options;

import io.turnlane.backends.DataFolder;
import io.turnlane.backends.RunState;
import io.turnlane.standalone.client.OperatorClient;
import io.turnlane.standalone.run.GatewayEntry;
import io.turnlane.standalone.terminal.CommandFailedException;
import io.turnlane.standalone.terminal.OneLine;
import io.turnlane.standalone.terminal.UsageException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Option that names the gateway which a command calls. */
public final class GatewayOption {

    @Option(
            names = {"--gateway", "--url"},
            paramLabel = "URL",
            description = "The gateway's address. Default: $TURNLANE_URL, otherwise the gateways of the data folder.")
    private @Nullable String given;

    /**
     * Returns a client for the gateway that the option or {@code TURNLANE_URL} names, otherwise for all gateways of the
     * data folder.
     *
     * @throws CommandFailedException if no address is given and no gateway is running on the folder
     * @throws UsageException if the given address is not an HTTP URL
     */
    public OperatorClient at(Path data) {
        return client(data, given);
    }

    /**
     * Returns a client as {@link #at} does.
     *
     * @param given address of the gateway, or null if the option is missing
     */
    static OperatorClient client(Path data, @Nullable String given) {
        Map<String, String> environment = System.getenv();
        return new OperatorClient(
                addresses(data, given, environment),
                Optional.ofNullable(environment.get("TURNLANE_API_KEY")).filter(key -> !key.isBlank()));
    }

    private static List<URI> addresses(Path data, @Nullable String given, Map<String, String> environment) {
        if (given != null) {
            return List.of(address("--gateway", given));
        }
        String named = environment.getOrDefault("TURNLANE_URL", "");
        return named.isBlank() ? onFolder(data) : List.of(address("TURNLANE_URL", named));
    }

    /**
     * Returns the address of the gateway that {@code up} started, then the addresses of gateways that were started
     * separately.
     */
    private static List<URI> onFolder(Path data) {
        Optional<RunState> running = DataFolder.read(data).filter(RunState::alive);
        Stream<URI> ofUp = running.map(RunState::address).map(URI::create).stream();
        List<URI> found = Stream.concat(ofUp, GatewayEntry.on(data).stream().map(GatewayEntry::address))
                .toList();
        if (found.isEmpty()) {
            throw new CommandFailedException(
                    running.isPresent()
                            ? "No gateway is running on the data folder " + data
                                    + " yet. If ./turnlane up is still starting, wait for its last line. Otherwise start one:"
                                    + " ./turnlane gateway, or name one with --gateway."
                            : "Turnlane is not running on the data folder " + data
                                    + ". Start it with ./turnlane up, or name a gateway with --gateway.");
        }
        return found;
    }

    private static URI address(String source, String text) {
        try {
            URI address = new URI(text.strip());
            if (("http".equals(address.getScheme()) || "https".equals(address.getScheme()))
                    && address.getHost() != null) {
                return address;
            }
        } catch (URISyntaxException _) {
            // reported below
        }
        throw new UsageException(
                source + " must be an address such as http://127.0.0.1:8080, but is: " + OneLine.of(text, 80));
    }
}
