package io.turnlane.gateway.turns.ask;

import io.turnlane.model.RecordHeaders;

/**
 * Identity of this gateway, which is published with each question for its timeline.
 *
 * @param id value of the header {@link RecordHeaders#GATEWAY}
 * @param limits value of the header {@link RecordHeaders#LIMITS}: limits that an accepted question has passed
 */
public record AcceptingGateway(String id, String limits) {}
