/** Limits that all gateways share: token buckets, open turns and open connections of each user. */
@NullMarked
package io.turnlane.store.limit;

import org.jspecify.annotations.NullMarked;
