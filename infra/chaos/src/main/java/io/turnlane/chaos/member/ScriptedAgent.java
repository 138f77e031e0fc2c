package io.turnlane.chaos.member;

import io.turnlane.chaos.history.OperationOutcome;
import io.turnlane.model.AgentDescription;
import io.turnlane.model.Answer;
import io.turnlane.model.ErrorCode;
import io.turnlane.processor.agent.Agent;
import io.turnlane.processor.agent.AgentFactory;
import io.turnlane.processor.agent.AnswerSink;
import io.turnlane.processor.agent.CurrentTurn;
import io.turnlane.processor.agent.Question;
import io.turnlane.processor.agent.TerminalAgentException;
import io.turnlane.store.memory.Memory;
import java.time.Duration;
import java.util.List;

/**
 * Agent that follows the {@link Instruction} in its question. Records the start and the end of each call in its
 * journal. Every piece of an answer repeats the canary of the question, so that the checker can detect mixed answers.
 */
final class ScriptedAgent implements Agent {

    private static final int HUGE_CHARACTERS = 10 << 20;

    private final AgentJournal journal;

    private ScriptedAgent(AgentJournal journal) {
        this.journal = journal;
    }

    @Override
    public Answer answer(Question question, Memory memory, AnswerSink sink) throws Exception {
        CurrentTurn turn = CurrentTurn.get().orElseThrow();
        Instruction instruction = Instruction.parse(question.text());
        journal.entered(turn, instruction.canary(), memory);
        try {
            Answer answer = follow(instruction, turn, sink);
            journal.left(OperationOutcome.OK, turn);
            return answer;
        } catch (InterruptedException e) {
            journal.left(OperationOutcome.INFO, turn);
            throw e;
        } catch (Exception e) {
            journal.left(OperationOutcome.FAIL, turn);
            throw e;
        }
    }

    private static Answer follow(Instruction instruction, CurrentTurn turn, AnswerSink sink) throws Exception {
        boolean first = turn.attempt() == 1;
        return switch (instruction.action()) {
            case ANSWER -> stream(instruction, sink);
            case STUBBORN -> stubborn(instruction, sink);
            case HUGE ->
                Answer.ofText(instruction
                        .canary()
                        .repeat(HUGE_CHARACTERS / instruction.canary().length()));
            case THROW -> throw failure(instruction, sink);
            case THROW_ONCE -> {
                if (first) {
                    throw failure(instruction, sink);
                }
                yield stream(instruction, sink);
            }
            case REFUSE -> throw new TerminalAgentException(ErrorCode.INVALID_REQUEST, "as instructed");
            case HALT -> halt(instruction, sink);
            case HALT_ONCE -> first ? halt(instruction, sink) : stream(instruction, sink);
        };
    }

    private static Answer stream(Instruction instruction, AnswerSink sink) throws InterruptedException {
        StringBuilder text = new StringBuilder();
        long start = System.nanoTime();
        for (int i = 1; i <= instruction.deltas(); i++) {
            waitUntil(start
                    + Duration.ofMillis((long) instruction.millis() * i / instruction.deltas())
                            .toNanos());
            String piece = instruction.canary() + " " + i + "\n";
            sink.delta(piece);
            text.append(piece);
        }
        return Answer.ofText(text.toString());
    }

    private static void waitUntil(long nanoTime) throws InterruptedException {
        Thread.sleep(Duration.ofNanos(Math.max(0, nanoTime - System.nanoTime())));
    }

    private static Answer stubborn(Instruction instruction, AnswerSink sink) {
        long end = System.nanoTime() + Duration.ofMillis(instruction.millis()).toNanos();
        while (System.nanoTime() < end) {
            try {
                waitUntil(end);
            } catch (InterruptedException _) {
                // Ignoring interrupts is the purpose of this action.
            }
        }
        String text = instruction.canary() + " at last\n";
        sink.delta(text);
        return Answer.ofText(text);
    }

    private static IllegalStateException failure(Instruction instruction, AnswerSink sink) throws InterruptedException {
        stream(instruction, sink);
        return new IllegalStateException("as instructed");
    }

    private static Answer halt(Instruction instruction, AnswerSink sink) throws InterruptedException {
        stream(instruction, sink);
        Runtime.getRuntime().halt(3);
        throw new IllegalStateException("halted");
    }

    /** Creates scripted agents that share a journal. */
    static final class ScriptedAgentFactory implements AgentFactory {

        private static final AgentDescription DESCRIPTION = new AgentDescription(
                "scripted",
                "Follows the instruction in its question. For chaos runs only.",
                List.of("c-1 ms=300 deltas=20 do=answer"));

        private final AgentJournal journal;

        ScriptedAgentFactory(AgentJournal journal) {
            this.journal = journal;
        }

        @Override
        public AgentDescription description() {
            return DESCRIPTION;
        }

        @Override
        public Agent create() {
            return new ScriptedAgent(journal);
        }
    }
}
