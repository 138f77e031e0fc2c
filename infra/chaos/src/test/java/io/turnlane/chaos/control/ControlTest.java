package io.turnlane.chaos.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.turnlane.chaos.check.finding.Findings;
import io.turnlane.chaos.check.finding.Invariant;
import io.turnlane.processor.lane.LaneScheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;

final class ControlTest {

    private static final String SCRIPTS = "io/turnlane/store/memory/";

    @TempDir
    Path folder;

    @Test
    void theScriptsContainThePiecesToReplace() throws IOException {
        Control.FENCE.writeTo(folder);
        assertThat(Files.readString(folder.resolve(SCRIPTS + "commit.lua"))).doesNotContain("~= flight");
        assertThat(Files.readString(folder.resolve(SCRIPTS + "fenced.lua"))).doesNotContain("tonumber(fence)");
        Control.DEDUPE.writeTo(folder);
        assertThat(Files.readString(folder.resolve(SCRIPTS + "begin.lua"))).doesNotContain("ended[status]");
    }

    @Test
    void aMissingPieceIsAnError() {
        AlteredScript script = new AlteredScript("begin", "no such piece", "");
        assertThatIllegalStateException().isThrownBy(script::text).withMessageContaining("begin.lua");
    }

    @Test
    void aMissingLanesBeanIsAnError() {
        DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
        assertThatIllegalStateException().isThrownBy(() -> new UnorderedLanes().postProcessBeanFactory(beans));
        beans.registerBeanDefinition("lanes", new RootBeanDefinition(LaneScheduler.class));
        new UnorderedLanes().postProcessBeanFactory(beans);
        assertThat(beans.getBeanNamesForType(LaneScheduler.class)).containsExactly("lanes");
    }

    @Test
    void aControlIsFoundByAViolationOfAnyOfItsInvariantsOnly() {
        Findings findings = new Findings();
        findings.violated(Invariant.I6, null, null, "something else");
        assertThat(Control.DEDUPE.isFound(findings.verdict())).isFalse();
        findings.violated(Invariant.O4, null, null, "given to the agent again");
        assertThat(Control.DEDUPE.isFound(findings.verdict())).isTrue();
    }

    @Test
    void findsAControlByItsNameInRunJson() {
        assertThat(Control.named("fence")).contains(Control.FENCE);
        assertThat(Control.named(null)).isEmpty();
    }
}
