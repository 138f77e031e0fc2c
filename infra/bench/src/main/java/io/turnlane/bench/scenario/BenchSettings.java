package io.turnlane.bench.scenario;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * Settings of a run.
 *
 * @param folder folder of the results, the logs and the data
 * @param rounds number of rounds; in each, every subject is measured once with every load
 * @param time time of one measurement
 * @param warmUp time of load on each subject before the first round
 * @param count size of the scenario: waiting turns, stored sessions, open streams or users; 0 for its default
 * @param rate requests per second of open loops; 0 for the default of the scenario
 * @param alternatives true to measure also what a user would write instead
 */
public record BenchSettings(
        Path folder, int rounds, Duration time, Duration warmUp, int count, int rate, boolean alternatives) {

    public BenchSettings {
        if (rounds < 1 || !time.isPositive() || warmUp.isNegative() || count < 0 || rate < 0) {
            throw new IllegalArgumentException("rounds and times must be positive, count and rate not negative");
        }
    }

    int countOr(int usual) {
        return count == 0 ? usual : count;
    }

    int rateOr(int usual) {
        return rate == 0 ? usual : rate;
    }

    /** Returns the settings that influence the results, for the report. */
    Map<String, String> described() {
        return Map.of(
                "rounds", Integer.toString(rounds),
                "time", seconds(time),
                "warm_up", seconds(warmUp),
                "count", count == 0 ? "default" : Integer.toString(count),
                "rate", rate == 0 ? "default" : Integer.toString(rate));
    }

    private static String seconds(Duration time) {
        return time.toMillis() / 1000.0 + " s";
    }
}
