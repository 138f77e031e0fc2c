package io.turnlane.bench.engine;

import io.confluent.parallelconsumer.ParallelConsumerOptions;
import io.confluent.parallelconsumer.ParallelConsumerOptions.ProcessingOrder;
import io.confluent.parallelconsumer.ParallelStreamProcessor;
import java.util.List;

/** Confluent's Parallel Consumer, ordered by key, with as many threads as Turnlane has slots. */
public final class ParallelConsumerEngine implements KeyedEngine {

    private final ParallelStreamProcessor<byte[], byte[]> processor;

    private ParallelConsumerEngine(EngineLog log, RecordWork work) {
        processor = ParallelStreamProcessor.createEosStreamProcessor(ParallelConsumerOptions.<byte[], byte[]>builder()
                .ordering(ProcessingOrder.KEY)
                .maxConcurrency(TurnlaneEngine.SLOTS)
                .consumer(log.newGroupConsumer(500))
                .build());
        processor.subscribe(List.of(EngineLog.TOPIC));
        processor.poll(context -> work.run(context.value()));
    }

    public static KeyedEngine start(EngineLog log, RecordWork work) {
        return new ParallelConsumerEngine(log, work);
    }

    @Override
    public void close() {
        processor.closeDontDrainFirst();
    }
}
