package io.turnlane.chaos.load;

/**
 * Amount and kind of load.
 *
 * @param clients number of concurrent clients, each with its own sessions
 * @param leastMillis shortest time that an agent is instructed to take
 * @param mostMillis longest time that an agent is instructed to take
 * @param deltas number of pieces of an answer
 * @param thinkMillis longest pause of a client between two turns
 */
public record LoadProfile(int clients, int leastMillis, int mostMillis, int deltas, int thinkMillis) {

    /** Returns a profile of 10 clients with turns of 20 to 2,000 ms, most of them short, in 20 pieces. */
    public static LoadProfile usual() {
        return new LoadProfile(10, 20, 2000, 20, 500);
    }

    public LoadProfile withClients(int count) {
        return new LoadProfile(count, leastMillis, mostMillis, deltas, thinkMillis);
    }

    public LoadProfile withMillis(int least, int most) {
        return new LoadProfile(clients, least, most, deltas, thinkMillis);
    }
}
