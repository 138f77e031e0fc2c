package io.turnlane.gateway.guard.caller;

import java.security.Principal;

/** Principal of an authenticated request. */
public interface CallerPrincipal extends Principal {

    Caller caller();
}
