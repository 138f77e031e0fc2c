package io.turnlane.chaos.check.finding;

/** Invariants that must hold in every run, named as in the documents. */
public enum Invariant {
    I1("every accepted request has exactly one end"),
    I2("an unknown outcome is at most one turn; one key is one request; a rejected question never runs"),
    I3("ends follow the order of the log, which is the order of acceptance; an attempt's events have no gap"),
    I4("memory holds each completed turn once, in order; it is bounded and expires"),
    I5("no data of one session appears in another"),
    I6("the status of a request never goes back"),
    I8("after the last heal, all work ends in time and no lag remains"),
    I9("the committed offset never passes a turn that has not ended"),
    O1("turns of one session run one at a time, in order"),
    O4("a turn whose end is stored is never given to the agent again"),
    O5("a previous owner of a partition changes nothing"),
    O10("a stream has no gap, no duplicate and one end, and never joins two attempts"),
    O11("a request whose cancel was accepted ends as cancelled, and no agent is called for it");

    private final String promise;

    Invariant(String promise) {
        this.promise = promise;
    }

    /** Returns the invariant in words. */
    public String promise() {
        return promise;
    }
}
