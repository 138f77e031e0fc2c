package io.turnlane.bench.micro;

import io.turnlane.model.Answer;
import io.turnlane.model.Priority;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand;
import io.turnlane.model.SessionId;
import io.turnlane.model.TurnEvent;
import io.turnlane.model.TurnPolicy;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Time to write and to read the JSON of a question and of its last event. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CodecBenchmark {

    private static final String TEXT = "What is impermanent loss in a liquidity pool?";

    private final WireFormat wire = new WireFormat();
    private final RequestId request = new RequestId(new UUID(1, 1));
    private final SessionId session = new SessionId("s-1");
    private final SessionCommand ask = new SessionCommand.Ask(
            request,
            session,
            null,
            "echo",
            TEXT,
            Map.of(),
            Duration.ofHours(1),
            Instant.EPOCH,
            null,
            null,
            TurnPolicy.ENQUEUE,
            Priority.NORMAL,
            null);
    private final TurnEvent completed = new TurnEvent(
            request, session, 1, 3, Instant.EPOCH, new TurnEvent.Completed(Answer.ofText("echo: " + TEXT)));
    private final byte[] askJson = wire.write(ask);
    private final byte[] completedJson = wire.write(completed);

    @Benchmark
    public byte[] writeAsk() {
        return wire.write(ask);
    }

    @Benchmark
    public SessionCommand readAsk() throws UnreadableRecordException {
        return wire.readCommand("ask", askJson);
    }

    @Benchmark
    public byte[] writeCompleted() {
        return wire.write(completed);
    }

    @Benchmark
    public TurnEvent readCompleted() throws UnreadableRecordException {
        return wire.readTerminalEvent(completedJson);
    }
}
