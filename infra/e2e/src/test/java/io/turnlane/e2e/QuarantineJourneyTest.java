package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.e2e.Client.ClientReply;
import io.turnlane.model.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A turn that failed permanently, from its failure to its answer after a redrive. */
class QuarantineJourneyTest {

    @Test
    void aFailedTurnIsQuarantinedAndRedrivenAtTheEndOfItsSession() {
        PromptedAgent agent = new PromptedAgent();
        try (RunningTurnlane turnlane = RunningTurnlane.start(2, List.of(agent));
                Client client = new Client(turnlane.address())) {
            String session = "q-" + UUID.randomUUID();
            agent.script("broken").failPermanently(ErrorCode.AGENT_ERROR, "The model is unavailable.");
            ClientReply failed = ask(client, session, "broken");
            assertThat(failed.text("status")).isEqualTo("failed");
            agent.script("meanwhile").delta("meanwhile").complete();
            assertThat(ask(client, session, "meanwhile").text("status")).isEqualTo("completed");

            String quarantined = "/v1/quarantine/" + failed.text("request_id");
            ClientReply shown = client.get(quarantined);
            assertThat(shown.text("question")).isEqualTo("broken");
            assertThat(shown.object("error").get("code")).isEqualTo("agent_error");
            assertThat(client.get("/v1/quarantine").list("turns"))
                    .extracting(turn -> turn.get("id"))
                    .containsExactly(failed.text("request_id"));

            agent.script("broken").delta("repaired").complete();
            ClientReply redriven = client.post(quarantined + "/redrive", Map.of());
            assertThat(redriven.status()).isEqualTo(202);
            ClientReply ended = client.get(redriven.header("Location") + "?wait=20");
            assertThat(ended.text("status")).isEqualTo("completed");
            assertThat(ended.object("answer").get("text")).isEqualTo("repaired");
            assertThat(ended.text("redrive_of")).isEqualTo(failed.text("request_id"));
            assertThat(client.get("/v1/sessions/" + session + "/turns").list("turns"))
                    .extracting(turn -> turn.get("question"))
                    .containsExactly("meanwhile", "broken");

            assertThat(client.post(quarantined + "/redrive", Map.of()).text("request_id"))
                    .isEqualTo(redriven.text("request_id"));
            assertThat(agent.script("broken").attempts()).isEqualTo(2);
        }
    }

    private static ClientReply ask(Client client, String session, String question) {
        return client.post(
                "/v1/sessions/" + session + "/requests",
                Map.of("question", question, "agent", "prompted"),
                "Prefer",
                "wait=30");
    }
}
