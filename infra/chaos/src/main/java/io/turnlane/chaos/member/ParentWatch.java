package io.turnlane.chaos.member;

import java.io.IOException;

/**
 * Ends this process when the rig's process has ended for any reason. The rig's process holds the other end of this
 * process's standard input. The operating system closes that stream when the rig's process ends.
 */
final class ParentWatch {

    private ParentWatch() {}

    static void start() {
        Thread.ofPlatform().daemon().name("parent-watch").start(ParentWatch::awaitEnd);
    }

    private static void awaitEnd() {
        try {
            while (System.in.read() >= 0) {
                // Nothing is sent; only the end of the input matters.
            }
        } catch (IOException _) {
            // A read error also means that the other end is gone.
        }
        Runtime.getRuntime().halt(0);
    }
}
