package io.turnlane.chaos.member;

import io.turnlane.gateway.GatewayApplication;

/** Starts an unchanged gateway, in a process that ends when the rig ends. The arguments are Spring properties. */
public final class GatewayMain {

    private GatewayMain() {}

    public static void main(String[] args) {
        ParentWatch.start();
        GatewayApplication.application().run(args);
    }
}
