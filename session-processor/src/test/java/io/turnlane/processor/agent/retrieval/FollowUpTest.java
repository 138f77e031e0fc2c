package io.turnlane.processor.agent.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.processor.agent.retrieval.dataset.DataSetEntry;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FollowUpTest {

    private static final DataSetEntry PREVIOUS = TestRetrieval.DATA.entries().getFirst();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            What is impermanent loss?            | and how do I avoid it?           | impermanent-loss-04
            What is impermanent loss?            | why?                             | impermanent-loss-02
            What is impermanent loss?            | what about on layer 2?           | impermanent-loss-14
            What is a sandwich attack?           | and how do I avoid it?           | mev-03
            What is a seed phrase?               | how do I keep it safe?           | wallets-03
            What is a seed phrase?               | what if I lose it?               | wallets-11
            What is restaking?                   | what are its risks?              | staking-08
            What is a stablecoin?                | why do they lose their peg?      | stablecoins-05,stablecoins-09,stablecoins-10
            What is gas?                         | how can I pay less for it?       | fees-03
            How is a loan liquidated?            | how do I avoid that?             | lending-04
            What is a price oracle?              | can it be manipulated?           | oracles-04
            What is a governance token?          | can I delegate it to somebody?   | governance-05
            What is a DAO?                       | and how does it vote?            | governance-03,governance-13
            """)
    void answersFollowUpQuestionsUsingTheHistory(String first, String second, String expected) throws Exception {
        TestRetrieval talk = new TestRetrieval();
        talk.ask(first);
        assertThat(List.of(expected.split(","))).contains(talk.source(second));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Which one is cheaper?",
                "Is the other one safe?",
                "Why would I want one?",
                "Are there any risks?",
                "How do I get there?"
            })
    void recognisesFollowUpQuestionsWithOneAndThere(String question) {
        assertThat(FollowUp.of(question, PREVIOUS)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"What is one dollar worth?", "Is there a limit for gas?", "Are there fees for swapping?"})
    void takesQuestionsThatNameTheirTopicAsComplete(String question) {
        assertThat(FollowUp.of(question, PREVIOUS)).isEmpty();
    }

    @Test
    void refersToTheLastAnsweredQuestionAfterAnUnknownOne() throws Exception {
        TestRetrieval talk = new TestRetrieval();
        talk.ask("What is a sandwich attack?");
        talk.ask("What is impermanent loss?");
        assertThat(talk.source("Who won the football match yesterday?")).isEmpty();
        assertThat(talk.source("why?")).startsWith("impermanent-loss");
    }

    @Test
    void answersCompleteQuestionsWithoutTheHistory() throws Exception {
        TestRetrieval talk = new TestRetrieval();
        talk.ask("What is impermanent loss?");
        assertThat(talk.source("And what is a seed phrase?")).isEqualTo("wallets-02");
        assertThat(new TestRetrieval().source("why?"))
                .as("a question word without a previous question")
                .isEmpty();
    }
}
