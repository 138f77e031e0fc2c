/** Acceptance of questions: the request record, the open turns of the session, and idempotency claims. */
@NullMarked
package io.turnlane.store.accept;

import org.jspecify.annotations.NullMarked;
