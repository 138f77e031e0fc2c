package io.turnlane.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.options.AriaRole;
import io.turnlane.e2e.ChatPage.TurnItem;
import io.turnlane.gateway.guard.keys.KeySecret;
import io.turnlane.model.Scope;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The page at a gateway that requires an API key. */
@ExtendWith(PageExtension.class)
class AccessPageTest {

    private static final String QUESTION = "What is a liquidity pool?";

    private final PageFixture fixture;
    private final ChatPage page;

    AccessPageTest(PageFixture fixture) {
        this.fixture = fixture;
        this.page = fixture.visitorWithoutKey().expectUnauthorized();
    }

    @Test
    void asksForAnApiKeyUntilItIsValidAndKeepsItForTheTab() throws Exception {
        KeySecret key = KeySecret.random(new SecureRandom());
        fixture.turnlane()
                .keys()
                .publish(key.stored("visitor", Set.of(Scope.ASK, Scope.READ), "test", Instant.now(), null));
        page.open();
        assertThat(page.at("access")).isVisible();
        assertThat(page.at("access-wrong")).isHidden();
        tryToCloseTheDialog();
        enter("tl_000000000000_" + "0".repeat(40));
        assertThat(page.at("access-wrong")).containsText("The server rejected the key");
        assertThat(page.at("access-wrong")).hasRole(AriaRole.ALERT);
        tryToCloseTheDialog();
        page.takeScreenshots("30-access");
        enter(key.reveal());
        assertThat(page.at("access")).isHidden();
        assertThat(page.at("suggestion").first()).isVisible();

        TurnItem turn = page.ask(QUESTION);
        fixture.agent()
                .script(QUESTION)
                .delta("Tokens that ")
                .delta("wait for traders.")
                .complete();
        turn.hasState("completed");
        assertThat(turn.answer()).hasText("Tokens that wait for traders.");
        assertThat(page.raw().evaluate("() => sessionStorage.getItem('turnlane.key')"))
                .isEqualTo(key.reveal());
        assertThat((String) page.raw().evaluate("() => JSON.stringify(localStorage)"))
                .doesNotContain(key.reveal());

        page.raw().reload();
        assertThat(page.turn(QUESTION).answer()).hasText("Tokens that wait for traders.");
        assertThat(page.at("access")).isHidden();
    }

    /** Checks that neither a click outside nor Escape closes the dialog, because the page needs a key. */
    private void tryToCloseTheDialog() {
        page.raw().mouse().click(4, 4);
        page.press("Escape");
        page.press("Escape");
        assertThat(page.at("access")).isVisible();
    }

    private void enter(String key) {
        page.at("access-key").fill(key);
        page.at("access-key").press("Enter");
    }
}
