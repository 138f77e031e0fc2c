package io.turnlane.processor.system;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * How memory that Redis lost is put back from the log.
 *
 * @param longestWait how long the turns of a partition wait for its memory; then they go on with what there is
 * @param look time between two looks whether memory was lost
 * @param atOnce partitions that are rebuilt at once
 * @param sessions most sessions of a partition that are put back; of more the longest idle are left out
 * @param size largest sum of the records of these sessions' last turns
 * @param slack how much the clocks of gateways and processors may differ
 */
@Validated
@ConfigurationProperties("turnlane.processor.rebuild")
record RebuildProperties(
        @DefaultValue("60s") Duration longestWait,
        @DefaultValue("1s") Duration look,
        @Min(1) @Max(100) @DefaultValue("2") int atOnce,
        @Min(1) @Max(10_000_000) @DefaultValue("50000") int sessions,
        @DefaultValue("32MB") DataSize size,
        @DefaultValue("60s") Duration slack) {}
