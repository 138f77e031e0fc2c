import io.turnlane.client.AskedTurn;
import io.turnlane.client.Question;
import io.turnlane.client.TurnView;
import io.turnlane.client.Turnlane;
import java.net.URI;
import java.util.Arrays;

/** Asks a question and prints its answer as it comes: {@code Ask QUESTION GATEWAY...}. */
public class Ask {

    public static void main(String[] arguments) throws Exception {
        URI[] gateways = Arrays.stream(arguments).skip(1).map(URI::create).toArray(URI[]::new);
        Turnlane turnlane = Turnlane.at(gateways);

        AskedTurn turn = turnlane.ask(Question.of(arguments[0]));
        TurnView end = turn.follow((view, news) -> {
            switch (news.type()) {
                case "started" -> System.err.println("answering");
                case "delta" -> System.out.print(news.text());
                case "retrying" -> System.err.println("once more: what was said is void");
                default -> {}
            }
        });

        System.out.println();
        System.err.println(end.status().wire() + ", session " + turn.sessionId());
    }
}
