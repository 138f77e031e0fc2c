package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.e2e.Standalone.ProgramResult;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Start of {@code ./turnlane up}, as a user waits for it, and restart. */
@Alone
class StartTimeTest {

    @Test
    void isReadyInSecondsAnswersAndRemembersAfterARestart() throws Exception {
        try (Standalone turnlane = Standalone.up();
                Client client = new Client(turnlane.address())) {
            System.out.println("up: ready after " + turnlane.readyAfter().toMillis() + " ms");
            assertThat(turnlane.readyAfter()).isLessThan(Duration.ofSeconds(10));

            ProgramResult asked = turnlane.run("ask", "What is impermanent loss?", "--session", "first");
            assertThat(asked.exitCode()).as(asked.output()).isZero();
            assertThat(asked.output()).containsIgnoringCase("pool").containsIgnoringCase("impermanent loss");
            assertThat(asked.output()).contains("impermanent-loss-01");

            assertThat(turnlane.run("status").exitCode()).isZero();
            ProgramResult second = turnlane.run("up");
            assertThat(second.exitCode()).isNotZero();
            assertThat(second.output()).contains("running", turnlane.address().toString());

            assertThat(turnlane.run("down").exitCode()).isZero();
            assertThat(turnlane.run("status").exitCode()).isNotZero();
            turnlane.start();
            assertThat(client.get("/v1/sessions/first/turns").list("turns"))
                    .extracting(turn -> turn.get("question"))
                    .containsExactly("What is impermanent loss?");
        }
    }
}
