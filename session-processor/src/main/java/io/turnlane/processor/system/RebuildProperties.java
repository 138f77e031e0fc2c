package io.turnlane.processor.system;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Settings for restoring lost memory from the log.
 *
 * @param longestWait maximum time that the turns of a partition wait for its rebuild; after this time, turns use the
 *     memory that is available
 * @param look time between two checks for lost memory
 * @param atOnce maximum number of partitions that are rebuilt at the same time
 * @param sessions maximum number of sessions of a partition that are restored; if there are more, the longest idle ones
 *     are left out
 * @param size maximum total size of the turns of a partition that are restored
 * @param slack maximum difference between the clocks of gateways and processors
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
