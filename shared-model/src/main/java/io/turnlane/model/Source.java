package io.turnlane.model;

/** Where an answer was taken from; {@code score} from 0 to 1. */
public record Source(String id, String title, double score) {}
