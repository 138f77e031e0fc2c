package io.turnlane.processor.agent.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.turnlane.model.Answer;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.Usage;
import io.turnlane.processor.agent.TerminalAgentException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgUiRunTest {

    private static final String START = "{'type':'RUN_STARTED','threadId':'t','runId':'r'}";
    private static final String FINISH = "{'type':'RUN_FINISHED','threadId':'t','runId':'r'}";
    private static final String OPEN = "{'type':'TEXT_MESSAGE_START','messageId':'m','role':'assistant'}";
    private static final String CLOSE = "{'type':'TEXT_MESSAGE_END','messageId':'m'}";
    private static final String TEXT = "{'type':'TEXT_MESSAGE_CONTENT','messageId':'m','delta':'Hi'}";

    private final ReadAnswer read = new ReadAnswer(new AgUi());

    @Test
    void separatesTheMessagesOfARunAndReportsItsWorkAsStages() throws Exception {
        Answer answer = events(
                START,
                "{'type':'STEP_STARTED','stepName':'research'}",
                "{'type':'REASONING_START','messageId':'x'}",
                OPEN,
                TEXT,
                CLOSE,
                "{'type':'TOOL_CALL_START','toolCallId':'c','toolCallName':'weather'}",
                "{'type':'TOOL_CALL_ARGS','toolCallId':'c','delta':'{}'}",
                "{'type':'TOOL_CALL_END','toolCallId':'c'}",
                "{'type':'TOOL_CALL_RESULT','toolCallId':'c','messageId':'t','content':'rain'}",
                "{'type':'TEXT_MESSAGE_CHUNK','messageId':'n','role':'assistant','delta':'It '}",
                "{'type':'TEXT_MESSAGE_CHUNK','delta':'rains.'}",
                "{'type':'STEP_FINISHED','stepName':'research'}",
                "{'type':'RUN_FINISHED','threadId':'t','runId':'r','outcome':{'type':'success'},"
                        + "'usage':[{'inputTokens':3,'outputTokens':4},{'inputTokens':10}]}");
        assertThat(answer.text()).isEqualTo("Hi\n\nIt rains.");
        assertThat(answer.usage()).isEqualTo(new Usage(2, 13, 4));
        assertThat(read.stages).containsExactly("research", "thinking", "calling weather");
        assertThat(read.toolCalls).containsExactly("weather COMPLETED");
    }

    @Test
    void reportsEveryToolCallOnceAlsoWithoutAResult() throws Exception {
        events(
                START,
                "{'type':'TOOL_CALL_START','toolCallId':'a','toolCallName':'no_result'}",
                "{'type':'TOOL_CALL_END','toolCallId':'a'}",
                "{'type':'TOOL_CALL_CHUNK','toolCallId':'b','toolCallName':'chunked','delta':'{'}",
                "{'type':'TOOL_CALL_CHUNK','toolCallId':'b','delta':'}'}",
                "{'type':'TOOL_CALL_RESULT','toolCallId':'b','messageId':'t','content':'1'}",
                "{'type':'TOOL_CALL_RESULT','toolCallId':'b','messageId':'t','content':'1'}",
                "{'type':'TOOL_CALL_RESULT','toolCallId':'unknown','messageId':'t','content':'1'}",
                FINISH);
        assertThat(read.stages).containsExactly("calling no_result", "calling chunked");
        assertThat(read.toolCalls).containsExactly("chunked COMPLETED", "no_result COMPLETED");
    }

    @Test
    void leavesOutTheTextOfOtherRolesAndOfSubagents() throws Exception {
        assertThat(events(
                                START,
                                "{'type':'SUBAGENT_STARTED','subagentRunId':'s','name':'critic'}",
                                "{'type':'TEXT_MESSAGE_CHUNK','messageId':'1','subagentRunId':'s','delta':'bad'}",
                                "{'type':'TEXT_MESSAGE_CHUNK','messageId':'2','role':'user','delta':'no'}",
                                "{'type':'TEXT_MESSAGE_CHUNK','messageId':'3','delta':'yes'}",
                                FINISH)
                        .text())
                .isEqualTo("yes");
        assertThat(read.stages).containsExactly("critic");
    }

    @Test
    void theStateAtTheEndOfTheRunIsTheStateOfTheAgent() throws Exception {
        ReadAnswer stateful = new ReadAnswer(new AgUi(), Map.of("step", 1, "cart", List.of("tea")));
        stateful.events(quoted(
                START,
                "{'type':'STATE_DELTA','delta':[{'op':'replace','path':'/step','value':2}]}",
                "{'type':'STATE_DELTA','delta':[{'op':'add','path':'/cart/-','value':'milk'}]}",
                FINISH));
        assertThat(stateful.state).isEqualTo(Map.of("step", 2, "cart", List.of("tea", "milk")));

        ReadAnswer replaced = new ReadAnswer(new AgUi(), Map.of("step", 1));
        replaced.events(quoted(
                START,
                "{'type':'STATE_SNAPSHOT','snapshot':{'a':{'b':[]}}}",
                "{'type':'STATE_DELTA','delta':[{'op':'add','path':'/a/b/0','value':7}]}",
                FINISH));
        assertThat(replaced.state).isEqualTo(Map.of("a", Map.of("b", List.of(7))));

        ReadAnswer untouched = new ReadAnswer(new AgUi(), Map.of("step", 1));
        untouched.events(quoted(START, FINISH));
        assertThat(untouched.state).isEqualTo(Map.of("step", 1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'STATE_SNAPSHOT','snapshot':[1]}",
                "{'type':'STATE_SNAPSHOT'}",
                "{'type':'STATE_DELTA','delta':{'op':'add'}}",
                "{'type':'STATE_DELTA','delta':[{'op':'remove','path':'/missing'}]}",
                "{'type':'STATE_DELTA','delta':[{'op':'test','path':'','value':{'a':1}}]}"
            })
    void aChangeThatDoesNotFitTheStateFailsTheTurn(String event) {
        Throwable fault = catchThrowable(() -> events(START, event));
        assertThat(ReadAnswer.isTerminal(fault)).isTrue();
        assertThat(read.state).isNull();
    }

    @Test
    void ignoresCustomEventsAndEventsOfLaterVersions() throws Exception {
        assertThat(events(
                                START,
                                "{'type':'CUSTOM','name':'x','value':1}",
                                OPEN,
                                "{'type':'FROM_THE_FUTURE','messageId':7}",
                                TEXT,
                                CLOSE,
                                FINISH)
                        .text())
                .isEqualTo("Hi");
    }

    @Test
    void readsTheAnswerFromASnapshotOfTheMessagesIfNoTextWasStreamed() throws Exception {
        String snapshot = "{'type':'MESSAGES_SNAPSHOT','messages':[{'id':'1','role':'user','content':'old'},"
                + "{'id':'2','role':'assistant','content':'older'},{'id':'3','role':'user','content':'new'},"
                + "{'id':'4','role':'assistant','content':'Hello'},{'id':'5','role':'assistant','content':'there'}]}";
        assertThat(events(START, snapshot, FINISH).text()).isEqualTo("Hello\n\nthere");
    }

    @Test
    void prefersStreamedTextToASnapshot() throws Exception {
        String snapshot = "{'type':'MESSAGES_SNAPSHOT','messages':[{'id':'4','role':'assistant','content':'Hello'}]}";
        assertThat(events(START, OPEN, TEXT, CLOSE, snapshot, FINISH).text()).isEqualTo("Hi");
    }

    @Test
    void failsTheTurnWithAClearCodeIfTheRunWaitsForAPerson() {
        String finish = "{'type':'RUN_FINISHED','threadId':'t','runId':'r','outcome':"
                + "{'type':'interrupt','interrupts':[{'id':'1','reason':'approval'}]}}";
        Throwable fault = catchThrowable(() -> events(START, finish));
        assertThat(((RemoteFault) fault).toException("a", "h"))
                .isInstanceOfSatisfying(
                        TerminalAgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INPUT_REQUIRED));
    }

    @Test
    void failsTheTurnIfTheAgentCancelsItsRun() {
        Throwable fault = catchThrowable(() ->
                events(START, "{'type':'RUN_FINISHED','threadId':'t','runId':'r','outcome':{'type':'cancelled'}}"));
        assertThat(ReadAnswer.isTerminal(fault)).isTrue();
    }

    @Test
    void anErrorOfTheRunEndsTheAttemptAndItsMessageIsNotQuoted() {
        Throwable fault =
                catchThrowable(() -> events(START, "{'type':'RUN_ERROR','message':'account 4711','code':'db_down'}"));
        assertThat(fault).hasMessage("reported an error (db_down)");
        assertThat(ReadAnswer.isTerminal(fault)).isFalse();
    }

    @Test
    void anErrorThatNoRepetitionCanChangeFailsTheTurn() {
        Throwable fault =
                catchThrowable(() -> events("{'type':'RUN_ERROR','message':'account 4711','code':'invalid_input'}"));
        assertThat(ReadAnswer.isTerminal(fault)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                OPEN, // before the start of the run
                START + "\n" + START,
                START + "\n" + TEXT, // of a message that is not open
                START + "\n" + CLOSE,
                START + "\n" + OPEN + "\n" + OPEN,
                START + "\n" + OPEN + "\n" + FINISH,
                START + "\n{'type':'TEXT_MESSAGE_CHUNK','delta':'of no message'}",
                START + "\n{'type':'TOOL_CALL_ARGS','toolCallId':'c','delta':'{}'}",
                START + "\n{'type':'TOOL_CALL_START','toolCallId':'c','toolCallName':'x'}\n" + FINISH,
                START + "\n{'type':'STEP_FINISHED','stepName':'x'}",
                START + "\n{'type':'STEP_STARTED','stepName':'x'}\n" + FINISH,
                START + "\n" + OPEN + "\n{'type':'TEXT_MESSAGE_CONTENT','messageId':'m','delta':7}",
                START + "\n{'type':'TEXT_MESSAGE_START'}",
                "{'no':'type'}"
            })
    void failsTheTurnIfEventsAreOutOfOrderOrIncomplete(String events) {
        Throwable fault = catchThrowable(() -> events(events.split("\n")));
        assertThat(fault).isInstanceOf(RemoteFault.class);
        assertThat(ReadAnswer.isTerminal(fault)).isTrue();
    }

    @Test
    void endsTheAttemptIfTheRunIsNotFinished() {
        Throwable fault = catchThrowable(() -> events(START, OPEN, TEXT, CLOSE));
        assertThat(ReadAnswer.isTerminal(fault)).isFalse();
    }

    /** @param events events in JSON with single quotes */
    private Answer events(String... events) throws RemoteFault {
        return read.events(quoted(events));
    }

    private static String[] quoted(String... events) {
        String[] json = events.clone();
        for (int i = 0; i < json.length; i++) {
            json[i] = json[i].replace('\'', '"').strip();
        }
        return json;
    }
}
