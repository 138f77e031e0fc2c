package io.turnlane.gateway.system;

import org.apache.coyote.http11.Http11NioProtocol;

/**
 * Tomcat's HTTP/1.1 protocol with small buffers, for many connections with little traffic. A stream keeps all of its
 * buffers for as long as it is open. With Tomcat's default sizes (8 KiB for each byte buffer, 16 KiB for each character
 * buffer), they take 130 KiB.
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
     * Size of the kernel's send buffer for a connection, in bytes. The gateway can detect a client that does not read
     * only when this buffer is full. By default, the kernel would buffer up to 4 MiB.
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
