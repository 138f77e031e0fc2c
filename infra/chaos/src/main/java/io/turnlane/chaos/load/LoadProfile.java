package io.turnlane.chaos.load;

/**
 * How much is asked, and of what kind.
 *
 * @param clients that ask at the same time, each in sessions of its own
 * @param leastMillis shortest time that an agent is told to take
 * @param mostMillis longest
 * @param deltas pieces of an answer
 * @param thinkMillis longest pause of a client between two turns
 */
public record LoadProfile(int clients, int leastMillis, int mostMillis, int deltas, int thinkMillis) {

    /** Turns of 20 to 2,000 ms, most of them short, in 20 pieces. */
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
