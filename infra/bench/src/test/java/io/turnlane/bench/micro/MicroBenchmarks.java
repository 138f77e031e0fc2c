package io.turnlane.bench.micro;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs all benchmarks of JMH. Only by hand, because its name does not end with {@code Test}: {@code mvn -pl infra/bench
 * -am test -Dtest=MicroBenchmarks -Dsurefire.failIfNoSpecifiedTests=false}. {@code -Dmicro=Ledger} selects benchmarks
 * by a part of their names.
 */
class MicroBenchmarks {

    @Test
    void run() throws Exception {
        Path results = Files.createDirectories(Path.of("target")).resolve("micro.json");
        Options options = new OptionsBuilder()
                .include(System.getProperty("micro", ".*Benchmark"))
                .forks(1)
                .jvmArgs("-Xmx256m", "-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders")
                .warmupIterations(3)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(5)
                .measurementTime(TimeValue.seconds(1))
                .resultFormat(ResultFormatType.JSON)
                .result(results.toString())
                .build();

        assertThat(new Runner(options).run()).isNotEmpty();
    }
}
