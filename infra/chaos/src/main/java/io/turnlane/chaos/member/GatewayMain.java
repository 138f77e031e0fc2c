package io.turnlane.chaos.member;

import io.turnlane.gateway.GatewayApplication;

/** Starts a gateway as shipped, in a process that ends with the rig. The arguments are Spring properties. */
public final class GatewayMain {

    private GatewayMain() {}

    public static void main(String[] args) {
        ParentWatch.start();
        GatewayApplication.application().run(args);
    }
}
