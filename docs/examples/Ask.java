import io.turnlane.client.AskRequest;
import io.turnlane.client.AskedTurn;
import io.turnlane.client.ProblemException;
import io.turnlane.client.TurnView;
import io.turnlane.client.TurnlaneClient;
import java.io.IOException;
import java.net.URI;
import java.util.Arrays;

/** Asks a question and prints the answer as it arrives: {@code Ask QUESTION GATEWAY...}. */
public class Ask {

    public static void main(String[] arguments) throws InterruptedException {
        if (arguments.length < 2) {
            System.err.println("Usage: Ask QUESTION GATEWAY...");
            System.err.println("Example: Ask \"What is slippage?\" http://localhost:8080");
            System.exit(2);
        }
        URI[] gateways = Arrays.stream(arguments).skip(1).map(URI::create).toArray(URI[]::new);
        try {
            ask(TurnlaneClient.at(gateways), AskRequest.of(arguments[0]));
        } catch (ProblemException | IOException failed) {
            System.err.println("The question was not answered: " + failed.getMessage());
            System.exit(1);
        }
    }

    private static void ask(TurnlaneClient turnlane, AskRequest request) throws IOException, InterruptedException {
        AskedTurn turn = turnlane.ask(request);
        StringBuilder shown = new StringBuilder();
        TurnView end = turn.follow((view, update) -> show(view.text(), shown));

        System.out.println();
        System.err.println(end.status().wire() + ", session " + turn.sessionId());
    }

    /** Prints what is new in the text. A text that does not start with what was printed belongs to a new attempt. */
    private static void show(String text, StringBuilder shown) {
        if (!text.startsWith(shown.toString())) {
            System.out.println("\n(The answer starts again. Ignore the text above.)");
            shown.setLength(0);
        }
        System.out.print(text.substring(shown.length()));
        System.out.flush();
        shown.append(text, shown.length(), text.length());
    }
}
