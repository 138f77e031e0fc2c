package io.turnlane.processor.system;

/** Names this process in figures, timelines and logs. */
record ProcessorId(String value) {}
