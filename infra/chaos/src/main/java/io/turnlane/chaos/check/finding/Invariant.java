package io.turnlane.chaos.check.finding;

/** What must hold in every run, with the names that the documents use. */
public enum Invariant {
    I1("every accepted request has exactly one end"),
    I2("an unknown outcome is 0 or 1 turn; one key is one request; a refused question never runs"),
    I3("ends come in the order of the log, which is the order of acceptance; an attempt's events have no gap"),
    I4("memory holds each completed turn once, in order, bounded, with an end of its life"),
    I5("nothing of one session is ever seen in another"),
    I6("what clients are told of a request never goes back"),
    I8("after the last heal all work ends in time and no lag stays"),
    I9("the committed offset never passes a turn without an end"),
    O1("turns of one session run one after the other, in order"),
    O4("a turn whose end is stored is never given to the agent again"),
    O5("an owner that was replaced changes nothing"),
    O10("a stream has no gap, no duplicate, one end, and never joins two attempts");

    private final String promise;

    Invariant(String promise) {
        this.promise = promise;
    }

    /** The invariant in words. */
    public String promise() {
        return promise;
    }
}
