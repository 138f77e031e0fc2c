package io.turnlane.processor.system;

/** Name of this process in statistics, timelines and logs. */
record ProcessorId(String value) {}
