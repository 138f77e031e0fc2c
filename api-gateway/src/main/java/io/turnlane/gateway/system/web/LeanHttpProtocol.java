package io.turnlane.gateway.system.web;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.coyote.Processor;
import org.apache.coyote.http11.Http11NioProtocol;
import org.jspecify.annotations.Nullable;

/**
 * Tomcat's HTTP/1.1 protocol with small buffers, for many connections with little traffic. A stream keeps all of its
 * buffers for as long as it is open. With Tomcat's default sizes (8 KiB for each byte buffer, 16 KiB for each character
 * buffer), they take 130 KiB. Requests must arrive within a {@linkplain ReceiveTimeLimit time limit}.
 *
 * <p>Public because Tomcat instantiates it by name.
 */
public final class LeanHttpProtocol extends Http11NioProtocol {

    /**
     * Response buffer in bytes, large enough for most events and resources. A larger response is sent in several
     * writes.
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

    private ReceiveTimeLimit receiveTime = new ReceiveTimeLimit(Duration.ofMinutes(1));
    private @Nullable ScheduledFuture<?> checks;

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

    /** Must be called before the start. */
    void limitReceiveTime(Duration limit) {
        receiveTime = new ReceiveTimeLimit(limit);
    }

    @Override
    protected Processor createProcessor() {
        return receiveTime.processor(this, getAdapter());
    }

    @Override
    public void start() throws Exception {
        super.start();
        long interval = ReceiveTimeLimit.CHECK_INTERVAL.toMillis();
        checks = getUtilityExecutor()
                .scheduleWithFixedDelay(receiveTime::check, interval, interval, TimeUnit.MILLISECONDS);
    }

    @Override
    public void stop() throws Exception {
        if (checks != null) {
            checks.cancel(false);
        }
        super.stop();
    }
}
