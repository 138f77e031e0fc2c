package io.turnlane.chaos.member;

import io.turnlane.backends.ParentWatch;
import io.turnlane.gateway.GatewayApplication;
import org.springframework.boot.SpringApplication;

/** Starts an unchanged gateway, in a process that ends when the rig ends. The arguments are Spring properties. */
public final class GatewayMain {

    private GatewayMain() {}

    public static void main(String[] args) {
        ParentWatch.start();
        SpringApplication gateway = GatewayApplication.application();
        gateway.addInitializers(WrongClock.initializer());
        gateway.run(args);
    }
}
