package io.turnlane.model;

/** Source of an answer, with a score from 0 to 1. */
public record Source(String id, String title, double score) {}
