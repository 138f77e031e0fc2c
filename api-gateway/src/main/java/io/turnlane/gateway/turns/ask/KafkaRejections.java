package io.turnlane.gateway.turns.ask;

import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;

/** Errors of the producer that prove that a topic does not contain a record. */
final class KafkaRejections {

    private KafkaRejections() {}

    /**
     * Returns true if the topic certainly does not contain the record: the producer did not find the topic, its buffer
     * was full, it was closed, or Kafka {@linkplain #isRejection rejected} the record.
     *
     * @param cause error of the call that hands the record to the producer
     */
    static boolean wasNeverSent(Throwable cause) {
        return cause instanceof TimeoutException || !(cause instanceof ApiException) || isRejection(cause);
    }

    /**
     * Returns true if the error proves that the topic does not contain the record. After any other error, the broker
     * may have appended the record although its acknowledgement was lost.
     */
    static boolean isRejection(Throwable cause) {
        return cause instanceof InvalidConfigurationException // includes invalid topics and missing permissions
                || cause instanceof InvalidTimestampException
                || cause instanceof RecordTooLargeException
                || cause instanceof PolicyViolationException;
    }
}
