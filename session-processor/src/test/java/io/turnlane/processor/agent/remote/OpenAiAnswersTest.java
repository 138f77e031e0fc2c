package io.turnlane.processor.agent.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.turnlane.model.Usage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers in both protocols of OpenAI. */
class OpenAiAnswersTest {

    private final ReadAnswer completion = new ReadAnswer(new ChatCompletions());
    private final ReadAnswer response = new ReadAnswer(new Responses());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'reasoning_content':'Let me'}",
                "{'role':'assistant','content':'','reasoning':'Let me'}",
                "{'content':null,'thinking':'Let me'}"
            })
    void theReasoningOfACompletionIsNotPartOfTheAnswer(String delta) throws Exception {
        assertThat(completion
                        .events(
                                chunk(delta, null),
                                chunk(delta, null),
                                chunk("{'content':'Hi'}", null),
                                chunk("{}", "'stop'"))
                        .text())
                .isEqualTo("Hi");
        assertThat(completion.stages).containsExactly("thinking");
    }

    @Test
    void aCompletionMayEndWithoutUsageAndWithoutDone() throws Exception {
        assertThat(completion
                        .events(
                                chunk("{'reasoning_content':'Let me'}", null),
                                chunk("{'reasoning_content':' see'}", null),
                                chunk("{'content':'Hi'}", null),
                                chunk("{}", "'stop'"))
                        .text())
                .isEqualTo("Hi");
        assertThat(completion.stages).containsExactly("thinking");
    }

    @Test
    void failsTheTurnIfJsonIsNotACompletion() {
        Throwable fault = catchThrowable(() -> completion.document("{\"answer\":\"Hi\"}"));
        assertThat(fault).hasMessage("answered with JSON that is not a chat completion");
        assertThat(ReadAnswer.isTerminal(fault)).isTrue();
    }

    @Test
    void aRefusalIsAnAnswer() throws Exception {
        assertThat(completion
                        .events(chunk("{'refusal':'I will not.'}", null), chunk("{}", "'stop'"), "[DONE]")
                        .text())
                .isEqualTo("I will not.");
        assertThat(response.document(json("{'status':'completed','output':[{'type':'message','id':'m','content':"
                                + "[{'type':'refusal','refusal':'I will not.'}]}]}"))
                        .text())
                .isEqualTo("I will not.");
    }

    @ParameterizedTest
    @CsvSource({
        "length, stopped at its output limit before the answer was complete",
        "content_filter, stopped the answer with its content filter",
        "tool_calls, 'asked for a tool call, which only agents of the type chat can do'"
    })
    void failsTheTurnIfACompletionEndsForAnotherReason(String reason, String problem) {
        Throwable fault = catchThrowable(
                () -> completion.events(chunk("{'content':'Hi'}", null), chunk("{}", "'" + reason + "'")));
        assertThat(fault).hasMessage(problem);
        assertThat(ReadAnswer.isTerminal(fault)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "server_error, false",
        "rate_limit_exceeded, false",
        "context_length_exceeded, true",
        "invalid_request_error, true",
        "model_not_found, true"
    })
    void anErrorWithinAStreamIsRepeatedIfThatMayHelp(String code, boolean terminal) {
        Throwable inCompletion = catchThrowable(() -> completion.events(
                chunk("{'content':'Hi'}", null), json("{'error':{'message':'account 4711','code':'" + code + "'}}")));
        Throwable inResponse = catchThrowable(() ->
                response.events(json("{'type':'error','error':{'type':'" + code + "','message':'account 4711'}}")));
        Throwable failed = catchThrowable(() -> response.events(json("{'type':'response.failed','response':"
                + "{'status':'failed','error':{'code':'" + code + "','message':'account 4711'}}}")));
        for (Throwable fault : new Throwable[] {inCompletion, inResponse, failed}) {
            assertThat(fault).hasMessage("reported an error (" + code + ")");
            assertThat(ReadAnswer.isTerminal(fault)).isEqualTo(terminal);
        }
    }

    @Test
    void separatesThePartsOfAResponseAndReportsItsWorkAsStages() throws Exception {
        assertThat(response.events(
                        json("{'type':'response.output_item.added','item':{'type':'reasoning'}}"),
                        json("{'type':'response.output_item.added','item':{'type':'web_search_call'}}"),
                        delta("a", "One"),
                        json("{'type':'response.output_text.done','item_id':'a','content_index':0,'text':'One'}"),
                        json("{'type':'response.output_text.done','item_id':'b','content_index':0,'text':'Two'}"),
                        json("{'type':'response.from_the_future'}"),
                        json("{'type':'response.completed','response':{'status':'completed',"
                                + "'usage':{'input_tokens':7,'output_tokens':8}}}")))
                .satisfies(answer -> assertThat(answer.text()).isEqualTo("One\n\nTwo"))
                .satisfies(answer -> assertThat(answer.usage()).isEqualTo(new Usage(1, 7, 8)));
        assertThat(response.stages).containsExactly("thinking", "calling web_search");
        assertThat(response.toolCalls).containsExactly("web_search COMPLETED");
    }

    @Test
    void reportsTheToolCallsOfAResponse() throws Exception {
        response.events(
                json("{'type':'response.output_item.added','item':{'type':'mcp_call','id':'1','name':'find'}}"),
                json("{'type':'response.output_item.done','item':{'type':'mcp_call','id':'1','status':'failed'}}"),
                json("{'type':'response.output_item.added',"
                        + "'item':{'type':'function_call','id':'2','call_id':'c','name':'add'}}"),
                json("{'type':'response.output_item.done','item':{'type':'function_call','id':'2','call_id':'c'}}"),
                json("{'type':'response.output_item.done','item':{'type':'function_call_output','call_id':'c'}}"),
                delta("a", "Three"),
                json("{'type':'response.completed','response':{'status':'completed'}}"));
        assertThat(response.toolCalls).containsExactly("find FAILED", "add COMPLETED");
    }

    @Test
    void readsTheTextOfAResponseThatWasNotStreamed() throws Exception {
        assertThat(response.events(json("{'type':'response.completed','response':{'status':'completed','output':"
                                + "[{'type':'message','id':'m','content':[{'type':'output_text','text':'Hi'}]}]}}"))
                        .text())
                .isEqualTo("Hi");
    }

    @ParameterizedTest
    @CsvSource({
        "'{''status'':''incomplete'',''incomplete_details'':{''reason'':''max_output_tokens''}}', output limit",
        "'{''status'':''incomplete'',''incomplete_details'':{''reason'':''content_filter''}}', content filter",
        "'{''status'':''in_progress''}', before its response was complete",
        "'{''status'':''cancelled''}', cancelled its own response",
        "'{''output'':[]}', without the text status",
        "'{''status'':''completed'',''output'':[{''type'':''function_call''}]}', asked for a tool call"
    })
    void failsTheTurnIfAResponseIsNotAnAnswer(String document, String problem) {
        Throwable fault = catchThrowable(() -> response.document(json(document)));
        assertThat(fault).hasMessageContaining(problem);
        assertThat(ReadAnswer.isTerminal(fault)).isTrue();
    }

    @Test
    void failsTheTurnIfTheEventsOfAResponseAreOutOfOrder() {
        String second = json("{'type':'response.created','sequence_number':1}");
        Throwable fault = catchThrowable(() -> response.events(second, second));
        assertThat(fault).hasMessage("sent its events out of order");
        assertThat(ReadAnswer.isTerminal(fault)).isTrue();
    }

    private static String chunk(String delta, String finish) {
        return json("{'choices':[{'index':0,'delta':" + delta + ",'finish_reason':" + finish + "}]}");
    }

    private static String delta(String item, String text) {
        return json("{'type':'response.output_text.delta','item_id':'" + item + "','content_index':0,'delta':'" + text
                + "'}");
    }

    private static String json(String singleQuotes) {
        return singleQuotes.replace('\'', '"');
    }
}
