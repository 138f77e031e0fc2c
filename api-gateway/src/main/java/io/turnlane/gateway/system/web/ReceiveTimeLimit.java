package io.turnlane.gateway.system.web;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.coyote.Adapter;
import org.apache.coyote.Processor;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Limits the time within which the head and the body of a request must arrive. Tomcat limits only the time between two
 * pieces, so a client that sends a byte every few seconds could keep its connection open permanently. The limit also
 * applies to a body that no controller reads, because Tomcat reads it before it closes the connection.
 *
 * <p>Threading: Tomcat's threads process requests, and one thread calls {@link #check} periodically. If bytes of a
 * request still arrive after the limit, the check ends the input of the connection. Tomcat then handles the request as
 * if the client had disconnected. A response that takes longer than the limit is not affected.
 */
final class ReceiveTimeLimit {

    /** Interval in which {@link #check} must be called. A request may exceed the limit by two intervals. */
    static final Duration CHECK_INTERVAL = Duration.ofMillis(500);

    private static final Logger LOG = LoggerFactory.getLogger(ReceiveTimeLimit.class);

    private static final long IN_TIME = -1;

    private final long limitNanos;
    private final Set<TimedProcessor> receiving = ConcurrentHashMap.newKeySet();

    /** @param limit maximum time from the first byte of a request to its last byte */
    ReceiveTimeLimit(Duration limit) {
        this.limitNanos = limit.toNanos();
    }

    /** Returns a new Tomcat processor that applies the limit to its requests. */
    Processor processor(AbstractHttp11Protocol<?> protocol, Adapter adapter) {
        return new TimedProcessor(protocol, adapter);
    }

    /** Ends the connections whose requests still arrive after the limit. */
    void check() {
        long now = System.nanoTime();
        receiving.forEach(processor -> processor.check(now));
    }

    /** Processor of the requests of one connection at a time. */
    private final class TimedProcessor extends Http11Processor {

        /** Connection whose request is being processed; null before the first one. */
        private volatile @Nullable ServedConnection connection;

        /**
         * At the last check, the time of the connection's last read if its request had exceeded the limit; otherwise
         * {@link #IN_TIME}. Only the thread that checks uses this field.
         */
        private long lastRead = IN_TIME;

        private record ServedConnection(NioSocketWrapper socket, SocketChannel channel) {}

        TimedProcessor(AbstractHttp11Protocol<?> protocol, Adapter adapter) {
            super(protocol, adapter);
        }

        /**
         * Processes the requests of a connection. Tomcat returns LONG if the head of a request has not arrived
         * completely. If only blank lines have arrived, Tomcat returns OPEN and would forget when they began. LONG
         * keeps this processor, and therefore the start time, until the request line follows.
         */
        @Override
        public SocketState service(SocketWrapperBase<?> socket) throws IOException {
            SocketState state = SocketState.CLOSED;
            // The channel is read here, because Tomcat reuses the wrappers of closed channels.
            connection =
                    socket instanceof NioSocketWrapper nio && nio.getSocket().getIOChannel() != null
                            ? new ServedConnection(nio, nio.getSocket().getIOChannel())
                            : null;
            receiving.add(this);
            try {
                state = super.service(socket);
                if (state == SocketState.OPEN && request.getStartTimeNanos() >= 0) {
                    state = SocketState.LONG;
                }
                return state;
            } finally {
                if (state != SocketState.LONG) {
                    receiving.remove(this);
                }
            }
        }

        private void check(long now) {
            ServedConnection served = connection;
            if (served == null || served.socket().isClosed()) {
                receiving.remove(this);
                return;
            }
            long started = request.getStartTimeNanos();
            boolean inTime = started < 0 || now - started <= limitNanos;
            long read = inTime ? IN_TIME : served.socket().getLastRead();
            if (lastRead != IN_TIME && read != IN_TIME && read != lastRead) {
                endInput(served.channel());
            }
            lastRead = read;
        }

        private static void endInput(SocketChannel channel) {
            LOG.debug("connection ended, because its request did not arrive in time");
            try {
                channel.shutdownInput();
            } catch (ClosedChannelException e) {
                LOG.trace("connection is already closed");
            } catch (IOException e) {
                LOG.debug("connection could not be ended: {}", e.toString());
            }
        }
    }
}
