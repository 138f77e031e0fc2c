package io.turnlane.bench.engine;

/**
 * Consumer that works on the records of the topic in the order of each key, from the oldest record on, as a new
 * consumer group. {@link #close} ends it without waiting for the records that it has read.
 */
public interface KeyedEngine extends AutoCloseable {

    /** Creates and starts an engine. */
    @FunctionalInterface
    interface EngineStart {

        /**
         * Starts the engine.
         *
         * @param log the topic, and how to reach it
         * @param work called with each record; any thread of the engine may call it
         */
        KeyedEngine start(EngineLog log, RecordWork work);
    }

    @Override
    void close();
}
