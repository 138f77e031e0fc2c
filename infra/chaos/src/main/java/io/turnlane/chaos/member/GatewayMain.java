package io.turnlane.chaos.member;

import io.turnlane.gateway.GatewayApplication;

/** A gateway as shipped, in a process that ends with the rig. Arguments: Spring properties. */
public final class GatewayMain {

    private GatewayMain() {}

    public static void main(String[] args) {
        ParentWatch.start();
        GatewayApplication.application().run(args);
    }
}
