package io.turnlane.backends;

import java.io.IOException;

/**
 * Ends this process when its parent has ended for any reason. The parent holds the other end of this process's standard
 * input. The operating system closes that stream when the parent ends.
 */
public final class ParentWatch {

    private ParentWatch() {}

    /** Starts a daemon thread that reads the standard input to its end. */
    public static void start() {
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
