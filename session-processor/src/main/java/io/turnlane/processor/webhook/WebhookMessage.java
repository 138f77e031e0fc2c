package io.turnlane.processor.webhook;

import io.turnlane.model.CallbackUrl;
import io.turnlane.model.RequestId;
import org.jspecify.annotations.Nullable;

/**
 * Message of a webhook.
 *
 * @param id id by which receivers recognise duplicates: the request, or the batch
 * @param body JSON to send; null for the value of the event's record, which is read for each call
 * @param record Redis key of the hash in which the outcome is stored
 */
@SuppressWarnings("ArrayRecordComponent") // bytes to send, never compared
record WebhookMessage(CallbackUrl to, RequestId id, byte @Nullable [] body, String record) {}
