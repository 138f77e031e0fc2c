package io.turnlane.gateway.system.web;

import io.turnlane.gateway.problem.BodyTooLargeException;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;

/**
 * Rejects request bodies that are too large before they are parsed. The limit also applies to bodies without a
 * {@code Content-Length} header.
 *
 * @param limit largest body of a request that is neither a session import nor a batch, in bytes
 * @param importLimit largest body of a session import, in bytes
 * @param batchLimit largest body of a batch, in bytes
 */
record BodyLimit(int limit, int importLimit, int batchLimit) {

    private static final String IMPORT = "/import";
    private static final String BATCHES = "/v1/batches";

    /** Returns a view of the request whose body throws {@link BodyTooLargeException} if it is too large. */
    HttpServletRequest limit(HttpServletRequest request) {
        int most = limitOf(request.getMethod(), request.getRequestURI());
        long length = request.getContentLengthLong();
        // Tomcat reads at most the announced length.
        return length >= 0 && length <= most ? request : new LimitedBodyRequest(request, most);
    }

    private int limitOf(String method, String path) {
        if (method.equals("PUT") && path.endsWith(IMPORT)) {
            return importLimit;
        }
        return method.equals("POST") && path.equals(BATCHES) ? batchLimit : limit;
    }

    private static final class LimitedBodyRequest extends HttpServletRequestWrapper {

        private final int limit;

        LimitedBodyRequest(HttpServletRequest request, int limit) {
            super(request);
            this.limit = limit;
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            if (getContentLengthLong() > limit) {
                throw new BodyTooLargeException(limit);
            }
            return new LimitedStream(super.getInputStream(), limit);
        }
    }

    private static final class LimitedStream extends ServletInputStream {

        private final ServletInputStream in;
        private final int limit;
        private long read;

        LimitedStream(ServletInputStream in, int limit) {
            this.in = in;
            this.limit = limit;
        }

        @Override
        public int read() throws IOException {
            return counted(in.read(), 1);
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int count = in.read(into, offset, length);
            return counted(count, count);
        }

        private int counted(int result, int count) throws IOException {
            if (result < 0) {
                return result;
            }
            read += count;
            if (read > limit) {
                throw new BodyTooLargeException(limit);
            }
            return result;
        }

        @Override
        public boolean isFinished() {
            return in.isFinished();
        }

        @Override
        public boolean isReady() {
            return in.isReady();
        }

        @Override
        public void setReadListener(ReadListener listener) {
            in.setReadListener(listener);
        }
    }
}
