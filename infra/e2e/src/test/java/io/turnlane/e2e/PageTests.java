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
 * What all tests of the page share: the stage, and that nobody saw an error in the console or a request to another
 * host. Where no Chromium is installed they are left out, and say so.
 */
final class PageTests implements ExecutionCondition, ParameterResolver, AfterEachCallback {

    private static final String LEFT_OUT = "Chromium isn't installed: the page tests were left out";
    private static final Namespace HERE = Namespace.create(PageTests.class);

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (PageStage.chromium().isPresent()) {
            return ConditionEvaluationResult.enabled("Chromium is installed");
        }
        context.getRoot().getStore(HERE).computeIfAbsent(LEFT_OUT, said -> {
            System.out.println(said);
            return said;
        });
        return ConditionEvaluationResult.disabled(LEFT_OUT);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == PageStage.class;
    }

    @Override
    public PageStage resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return stage(context);
    }

    private static PageStage stage(ExtensionContext context) {
        return context.getRoot().getStore(HERE).computeIfAbsent(PageStage.class, _ -> new PageStage(), PageStage.class);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        boolean failed = context.getExecutionException().isPresent();
        List<ChatPage> pages = stage(context).leave();
        if (failed) {
            pages.forEach(page ->
                    page.keep("failed-" + context.getRequiredTestMethod().getName()));
        }
        List<String> complaints =
                pages.stream().flatMap(page -> page.complaints().stream()).toList();
        pages.forEach(ChatPage::close);
        if (!failed) {
            assertThat(complaints).as("complaints in the console").isEmpty();
        }
    }
}
