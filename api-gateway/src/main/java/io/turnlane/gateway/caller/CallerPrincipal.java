package io.turnlane.gateway.caller;

import java.security.Principal;

/** A request's principal that was authenticated. */
public interface CallerPrincipal extends Principal {

    Caller caller();
}
