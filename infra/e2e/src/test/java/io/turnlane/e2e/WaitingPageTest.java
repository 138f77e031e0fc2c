package io.turnlane.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Route;
import io.turnlane.e2e.ChatPage.TurnItem;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Questions that wait or are not sent yet: they can be withdrawn and edited, and the page says what ends them. */
@ExtendWith(PageExtension.class)
class WaitingPageTest {

    private static final String FIRST = "What is impermanent loss?";
    private static final String SECOND = "And when I withdraw earlier?";
    private static final String THIRD = "Who earns the fees?";
    private static final String LAST = "How does a flash loan work?";

    private final PromptedAgent agent;
    private final ChatPage page;

    WaitingPageTest(PageFixture fixture) {
        agent = fixture.agent();
        page = fixture.visitor();
    }

    @BeforeEach
    void open() {
        page.open();
    }

    @Test
    void theHintAndTheTurnsSayThatAnInterruptDiscardsTheWaitingQuestions() {
        TurnItem running = askThree();
        choose("interrupt");
        assertThat(page.at("composer-hint")).hasText("This question stops the running turn and 2 waiting questions");
        page.takeScreenshots("40-interrupt");
        page.ask(LAST);
        assertThat(page.at("announcements")).containsText("stops the running turn and 2 waiting questions");
        assertThat(page.at("announcements")).containsText("Discarded before the agent received it");
        running.hasState("cancelled");
        assertThat(running.notice()).containsText("Stopped by a newer question.");
        for (String question : new String[] {SECOND, THIRD}) {
            TurnItem discarded = page.turn(question);
            discarded.hasState("cancelled");
            assertThat(discarded.notice()).containsText("Discarded before the agent received it");
            assertThat(discarded.part("ask-again")).isVisible();
        }
        assertThat(page.accessibilityViolations()).isEmpty();
    }

    @Test
    void aMergedQuestionShowsTheQuestionsThatItAnswers() {
        askThree();
        choose("coalesce");
        assertThat(page.at("composer-hint")).hasText("This question is asked together with 2 waiting questions");
        TurnItem merged = page.ask(LAST);
        page.turn(SECOND).hasState("superseded");
        assertThat(page.turn(SECOND).notice()).containsText("Merged into a later question");
        assertThat(merged.part("merged")).containsText("Also answers:");
        assertThat(merged.part("merged")).containsText(SECOND);
        assertThat(merged.part("merged")).containsText(THIRD);
        page.takeScreenshots("41-merged");

        agent.script(FIRST).delta("done").complete();
        agent.script(SECOND + "\n\n" + THIRD + "\n\n" + LAST)
                .delta("All three.")
                .complete();
        merged.hasState("completed");
        page.raw().reload();
        assertThat(merged.answer()).hasText("All three.");
        assertThat(merged.part("merged")).containsText(THIRD);
    }

    @Test
    void aWaitingQuestionCanBeWithdrawnAndAnotherOneEdited() {
        TurnItem running = askThree();
        page.turn(SECOND).part("withdraw").click();
        page.turn(SECOND).hasState("cancelled");
        assertThat(page.turn(SECOND).notice()).containsText("Withdrawn.");
        page.takeScreenshots("42-withdrawn");

        page.field().fill("a draft");
        page.turn(THIRD).part("edit-waiting").click();
        assertThat(page.field()).hasValue(THIRD + "\n\na draft");
        assertThat(page.turn(THIRD).root()).hasCount(0);
        running.hasState("running");
        agent.script(FIRST).delta("the end").complete();
        running.hasState("completed");
        assertThat(page.turns()).hasCount(2);
        assertThat(agent.script(SECOND).attempts()).isZero();
        assertThat(agent.script(THIRD).attempts()).isZero();
    }

    @Test
    void aQuestionThatWasNeverSentIsWithdrawnWithoutTheServer() {
        page.raw().route("**/v1/sessions", Route::abort);
        page.through(page.address());
        TurnItem unsent = page.ask(FIRST);
        assertThat(unsent.stage()).containsText("Not sent yet");
        unsent.part("withdraw").click();
        assertThat(page.turns()).hasCount(0);
        page.raw().unroute("**/v1/sessions");
        assertThat(page.field()).isVisible();
        assertThat(agent.script(FIRST).attempts()).isZero();
    }

    @Test
    void aQuestionWithdrawnAfterALostReplyIsCancelledOnTheServer() {
        agent.script(FIRST).delta("begun");
        page.through(page.address()).raw().route("**/requests", route -> {
            route.fetch();
            route.abort();
        });
        TurnItem lost = page.ask(FIRST);
        assertThat(lost.stage()).containsText("Not confirmed yet");
        lost.part("withdraw").click();
        assertThat(lost.stage()).containsText("Withdrawing…");
        page.raw().unroute("**/requests");
        lost.hasState("cancelled");
        assertThat(lost.notice()).containsText("Withdrawn.");
    }

    @Test
    void saysThatTheServerIsOverloadedAndSendsTheQuestionAgain() {
        Route.FulfillOptions overloaded = new Route.FulfillOptions()
                .setStatus(503)
                .setHeaders(Map.of("Content-Type", "application/problem+json", "Retry-After", "2"))
                .setBody("{\"code\": \"overloaded\"}");
        page.expectUnavailable().raw().route("**/requests", route -> route.fulfill(overloaded));
        TurnItem turn = page.ask(FIRST);
        assertThat(turn.stage()).hasText(Pattern.compile("The server is overloaded\\. Next attempt in \\d+ s"));
        page.raw().unroute("**/requests");
        agent.script(FIRST).delta("A shortfall.").complete();
        assertThat(turn.answer()).hasText("A shortfall.");
    }

    @Test
    void showsTheEstimatedWaitAndAnnouncesThePosition() {
        page.raw().route("**/requests", route -> {
            APIResponse reply = route.fetch();
            String body = reply.text().replaceFirst("\"position\":(\\d)", "\"position\":$1,\"estimated_wait\":42.0");
            route.fulfill(new Route.FulfillOptions().setResponse(reply).setBody(body));
        });
        askThree();
        assertThat(page.turn(THIRD).stage()).containsText("Waiting for 2 earlier turns, about ");
        assertThat(page.at("announcements")).containsText("Waiting for 2 earlier turns, about ");
    }

    @Test
    void announcesHowATurnEndedInsteadOfAFailure() {
        TurnItem running = page.ask(FIRST);
        agent.script(FIRST).delta("A shortfall");
        assertThat(running.answer()).hasText("A shortfall");
        page.at("stop").click();
        running.hasState("cancelled");
        assertThat(page.at("announcements")).containsText("Stopped. The agent will not remember this turn.");
    }

    /** Asks three questions, of which the first one runs. */
    private TurnItem askThree() {
        agent.script(FIRST).delta("First, ");
        TurnItem running = page.ask(FIRST);
        assertThat(running.answer()).hasText("First,");
        page.ask(SECOND).hasState("queued");
        page.ask(THIRD).hasState("queued");
        return running;
    }

    private void choose(String policy) {
        Locator menu = page.at("policy-menu");
        menu.locator("summary").click();
        menu.locator("input[value=" + policy + "]").check();
        page.press("Escape");
    }
}
