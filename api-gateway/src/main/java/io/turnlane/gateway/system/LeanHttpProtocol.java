package io.turnlane.gateway.system;

import org.apache.coyote.http11.Http11NioProtocol;

/**
 * Tomcat's HTTP/1.1 protocol with small buffers, for many connections with little traffic. An open stream keeps all of
 * its buffers for as long as it is open: 130 KiB with Tomcat's default sizes (8 KiB for each byte buffer, 16 KiB for
 * each character buffer).
 *
 * <p>Public because Tomcat instantiates it by name.
 */
public final class LeanHttpProtocol extends Http11NioProtocol {

    /**
     * Response buffer in bytes, large enough for most events and resources. A larger response is sent in several writes
     * and without a {@code Content-Length} header.
     */
    private static final int RESPONSE = 2 * 1024;

    private static final int HEADERS = 4 * 1024;
    private static final int READ = 2 * 1024;
    private static final int WRITE = 4 * 1024;

    /**
     * Send buffer of the kernel, in bytes, for a client that does not read. By default, the kernel buffers up to 4 MiB.
     * The gateway cannot detect that a client is behind until this buffer is full.
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
