import io.turnlane.client.AskedTurn;
import io.turnlane.client.ProblemException;
import io.turnlane.client.Question;
import io.turnlane.client.TurnView;
import io.turnlane.client.Turnlane;
import java.io.IOException;
import java.net.URI;
import java.util.Arrays;

/** Asks a question and prints its answer as it comes: {@code Ask QUESTION GATEWAY...}. */
public class Ask {

    public static void main(String[] arguments) throws InterruptedException {
        if (arguments.length < 2) {
            System.err.println("Usage: Ask QUESTION GATEWAY..., as Ask \"What is slippage?\" http://localhost:8080");
            System.exit(2);
        }
        URI[] gateways = Arrays.stream(arguments).skip(1).map(URI::create).toArray(URI[]::new);
        try {
            ask(Turnlane.at(gateways), Question.of(arguments[0]));
        } catch (ProblemException | IOException failed) {
            System.err.println("It didn't work: " + failed.getMessage());
            System.exit(1);
        }
    }

    private static void ask(Turnlane turnlane, Question question) throws IOException, InterruptedException {
        AskedTurn turn = turnlane.ask(question);
        StringBuilder shown = new StringBuilder();
        TurnView end = turn.follow((view, news) -> show(view.text(), shown));

        System.out.println();
        System.err.println(end.status().wire() + ", session " + turn.sessionId());
    }

    /** What is new of a text that grows. One that doesn't go on from what is shown is another attempt's. */
    private static void show(String text, StringBuilder shown) {
        if (!text.startsWith(shown.toString())) {
            System.out.println("\n(once more: what stands above is void)");
            shown.setLength(0);
        }
        System.out.print(text.substring(shown.length()));
        System.out.flush();
        shown.append(text, shown.length(), text.length());
    }
}
