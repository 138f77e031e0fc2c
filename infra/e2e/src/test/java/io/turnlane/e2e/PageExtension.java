package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Runs the tests of the page. All of them share one fixture. A test fails if a page logged an error in the console or
 * sent a request to another host. If Chromium is not installed, the tests are skipped, and the output says so.
 */
final class PageExtension implements ExecutionCondition, ParameterResolver, AfterEachCallback {

    private static final String SKIPPED = "Chromium is not installed: the page tests are skipped";
    private static final Namespace NAMESPACE = Namespace.create(PageExtension.class);

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (PageFixture.chromium().isPresent()) {
            return ConditionEvaluationResult.enabled("Chromium is installed");
        }
        context.getRoot().getStore(NAMESPACE).computeIfAbsent(SKIPPED, text -> {
            System.out.println(text);
            return text;
        });
        return ConditionEvaluationResult.disabled(SKIPPED);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == PageFixture.class;
    }

    @Override
    public PageFixture resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return fixture(context);
    }

    private static PageFixture fixture(ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .computeIfAbsent(PageFixture.class, _ -> new PageFixture(), PageFixture.class);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        boolean failed = context.getExecutionException().isPresent();
        List<ChatPage> pages = fixture(context).endTest();
        if (failed) {
            pages.forEach(page -> page.saveScreenshot(
                    "failed-" + context.getRequiredTestMethod().getName()));
        }
        List<String> errors =
                pages.stream().flatMap(page -> page.errors().stream()).toList();
        pages.forEach(ChatPage::close);
        if (!failed) {
            assertThat(errors)
                    .as("errors in the console and requests to other hosts")
                    .isEmpty();
        }
    }
}
