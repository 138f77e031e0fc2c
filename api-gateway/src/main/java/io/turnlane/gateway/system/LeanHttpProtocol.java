package io.turnlane.gateway.system;

import org.apache.coyote.http11.Http11NioProtocol;

/**
 * Tomcat's HTTP/1.1 with buffers for many connections that say little: an open stream holds all of its for as long as
 * it lives, 130 KiB with Tomcat's own sizes (8 KiB for each buffer of bytes, 16 KiB for each of characters).
 *
 * <p>Tomcat makes it by name, so it is public.
 */
public final class LeanHttpProtocol extends Http11NioProtocol {

    /** Bytes: most events and resources; what is larger leaves in several writes, without a length at its head. */
    private static final int RESPONSE = 2 * 1024;

    private static final int HEADERS = 4 * 1024;
    private static final int READ = 2 * 1024;
    private static final int WRITE = 4 * 1024;

    /**
     * What the kernel may hold for a client that doesn't read; by itself it takes up to 4 MiB, and hides for as long
     * from us that the client is behind.
     */
    private static final int KERNEL = 64 * 1024;

    public LeanHttpProtocol() {
        setMaxHttpResponseHeaderSize(HEADERS);
        setProperty("socket.appReadBufSize", Integer.toString(READ));
        setProperty("socket.appWriteBufSize", Integer.toString(WRITE));
        setProperty("socket.txBufSize", Integer.toString(KERNEL));
    }

    @Override
    public int getDesiredBufferSize() {
        return RESPONSE;
    }
}
