/**
 * The history of a run: what its clients, its agents and its faults did, one JSON object a line, and what stood in the
 * topics and in Redis when all was over. Written by the rig, read by the checker; neither knows the other.
 */
@NullMarked
package io.turnlane.chaos.history;

import org.jspecify.annotations.NullMarked;
