package io.turnlane.chaos.member;

import java.io.IOException;

/** Ends this process when the rig's own process is gone, however it went: its end of our standard input closes then. */
final class ParentWatch {

    private ParentWatch() {}

    static void start() {
        Thread.ofPlatform().daemon().name("life-line").start(ParentWatch::awaitEnd);
    }

    private static void awaitEnd() {
        try {
            while (System.in.read() >= 0) {
                // Nobody says anything here.
            }
        } catch (IOException _) {
            // A line that broke has ended too.
        }
        Runtime.getRuntime().halt(0);
    }
}
