package io.turnlane.chaos.control;

import io.turnlane.model.SessionKey;
import io.turnlane.processor.lane.LaneOutcome;
import io.turnlane.processor.lane.LaneScheduler;
import io.turnlane.processor.lane.LaneWork;
import io.turnlane.processor.turn.Turn;
import io.turnlane.processor.turn.TurnEngine;
import io.turnlane.processor.turn.TurnEngine.TurnRuntime;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.ResolvableType;

/**
 * Replaces the processor's lanes with lanes that do not wait for the end of a turn. Each turn runs on its own thread
 * and its lane treats it as done at once, so the turns of a session run at the same time.
 */
final class UnorderedLanes implements BeanFactoryPostProcessor {

    private static final String LANES = "lanes";
    private static final int RUNNING = 1000;

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory factory) {
        DefaultListableBeanFactory beans = (DefaultListableBeanFactory) factory;
        if (!beans.containsBeanDefinition(LANES)) {
            throw new IllegalStateException("the processor no longer has a bean of this name: " + LANES);
        }
        beans.removeBeanDefinition(LANES);
        RootBeanDefinition unordered = new RootBeanDefinition(LaneScheduler.class);
        unordered.setTargetType(ResolvableType.forClassWithGenerics(LaneScheduler.class, SessionKey.class, Turn.class));
        unordered.setInstanceSupplier(
                () -> unordered(beans.getBean(TurnEngine.class), beans.getBean(TurnRuntime.class)));
        beans.registerBeanDefinition(LANES, unordered);
    }

    private static LaneScheduler<SessionKey, Turn> unordered(TurnEngine engine, TurnRuntime runtime) {
        LaneWork<SessionKey, Turn> runner = engine.runner();
        return new LaneScheduler<>(
                RUNNING,
                runtime.executor(),
                runtime.delay(),
                Turn::identity,
                (session, turn) -> {
                    Thread.ofVirtual().start(() -> run(runner, session, turn));
                    return LaneOutcome.DONE;
                },
                (turn, e) -> turn.claim().release());
    }

    private static void run(LaneWork<SessionKey, Turn> runner, SessionKey session, Turn turn) {
        try {
            while (runner.run(session, turn) instanceof LaneOutcome.RunAgain again) {
                Thread.sleep(again.delay());
            }
        } catch (InterruptedException e) {
            turn.claim().release();
        }
    }
}
