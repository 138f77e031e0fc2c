package io.turnlane.processor.agent.retrieval.calculation;

import io.turnlane.model.Answer;
import io.turnlane.model.ToolOutcome;
import io.turnlane.model.Usage;
import io.turnlane.processor.agent.Agent;
import io.turnlane.processor.agent.AnswerSink;
import io.turnlane.processor.agent.Question;
import io.turnlane.processor.agent.tool.AllowedTools;
import io.turnlane.processor.agent.tool.ToolReply;
import io.turnlane.store.memory.Memory;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * Answers a question that contains all numbers of a calculation with a tool. Another agent answers all other questions,
 * also those with a number that the tool rejects.
 */
public record CalculatingAgent(AllowedTools calculations, Agent otherwise) implements Agent {

    @Override
    public Answer answer(Question question, Memory memory, AnswerSink sink) throws Exception {
        Optional<Calculation> calculation = Calculation.of(question.text());
        if (calculation.isPresent()) {
            String arguments =
                    JsonMapper.shared().writeValueAsString(calculation.get().arguments());
            ToolReply reply = calculations.call(calculation.get().tool(), arguments, sink);
            if (reply.outcome() == ToolOutcome.COMPLETED) {
                sink.delta(reply.text());
                return new Answer(reply.text(), null, List.of(), reply.artifacts(), Usage.NONE);
            }
        }
        return otherwise.answer(question, memory, sink);
    }
}
