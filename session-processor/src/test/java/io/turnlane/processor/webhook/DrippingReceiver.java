package io.turnlane.processor.webhook;

import io.turnlane.model.CallbackUrl;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Server on loopback that answers one call, sending one byte at a time until the caller closes the connection. */
final class DrippingReceiver implements AutoCloseable {

    private static final int PAUSE_MS = 50;

    private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final AtomicInteger dripped = new AtomicInteger();
    private final CountDownLatch hungUp = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);

    DrippingReceiver(String drips) throws IOException {
        this("", drips);
    }

    /**
     * Creates a server.
     *
     * @param atOnce start of the response, which is sent immediately
     * @param drips rest of the response
     */
    DrippingReceiver(String atOnce, String drips) throws IOException {
        Thread.ofVirtual().start(() -> answer(atOnce, drips));
    }

    private void answer(String atOnce, String drips) {
        try (Socket caller = server.accept()) {
            OutputStream out = caller.getOutputStream();
            out.write(atOnce.getBytes(StandardCharsets.ISO_8859_1));
            for (byte one : drips.getBytes(StandardCharsets.ISO_8859_1)) {
                out.write(one);
                dripped.incrementAndGet();
                if (closed.await(PAUSE_MS, TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        } catch (IOException e) {
            hungUp.countDown();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    CallbackUrl url() {
        return CallbackUrl.parse("http://127.0.0.1:" + server.getLocalPort() + "/");
    }

    int dripped() {
        return dripped.get();
    }

    /** Waits until the caller has closed the connection, and has not merely stopped to use it. */
    void awaitHangUp() throws InterruptedException {
        if (!hungUp.await(10, TimeUnit.SECONDS)) {
            throw new AssertionError("the connection is still open");
        }
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        server.close();
    }
}
