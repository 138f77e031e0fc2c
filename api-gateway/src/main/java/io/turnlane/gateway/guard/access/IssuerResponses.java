package io.turnlane.gateway.guard.access;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRequest;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;

/**
 * Caches the responses of the token issuer for a short time. Without the cache, each token with an unknown key id would
 * cause a request to the issuer, and anyone can send such tokens.
 *
 * <p>Safe for use by any number of threads. One thread fetches at a time, and the others wait for its response.
 */
public final class IssuerResponses implements ClientHttpRequestInterceptor {

    private final long keptNanos;
    private final long failureKeptNanos;
    private final Map<URI, KeptResponse> kept = new HashMap<>();

    /**
     * @param keptFor minimum time between two fetches of the same document
     * @param failureKeptFor minimum time between a failed fetch and the next one
     */
    public IssuerResponses(Duration keptFor, Duration failureKeptFor) {
        this.keptNanos = keptFor.toNanos();
        this.failureKeptNanos = failureKeptFor.toNanos();
    }

    @Override
    public synchronized ClientHttpResponse intercept(
            HttpRequest request, byte[] body, ClientHttpRequestExecution execution) throws IOException {
        KeptResponse known = kept.get(request.getURI());
        if (known == null || System.nanoTime() - known.fetchedNanos() > lifeOf(known)) {
            known = fetch(request, body, execution);
            kept.put(request.getURI(), known);
        }
        return known.open();
    }

    private long lifeOf(KeptResponse known) {
        return known.status().is2xxSuccessful() ? keptNanos : failureKeptNanos;
    }

    private static KeptResponse fetch(HttpRequest request, byte[] body, ClientHttpRequestExecution execution) {
        try (ClientHttpResponse response = execution.execute(request, body)) {
            return new KeptResponse(
                    System.nanoTime(),
                    response.getStatusCode(),
                    response.getHeaders(),
                    response.getBody().readAllBytes());
        } catch (IOException unreachable) {
            return new KeptResponse(System.nanoTime(), HttpStatusCode.valueOf(503), new HttpHeaders(), new byte[0]);
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record KeptResponse(long fetchedNanos, HttpStatusCode status, HttpHeaders headers, byte[] body) {

        ClientHttpResponse open() {
            InputStream in = new ByteArrayInputStream(body);
            return new ClientHttpResponse() {
                @Override
                public HttpStatusCode getStatusCode() {
                    return status;
                }

                @Override
                public String getStatusText() {
                    return "";
                }

                @Override
                public HttpHeaders getHeaders() {
                    return headers;
                }

                @Override
                public InputStream getBody() {
                    return in;
                }

                @Override
                public void close() {}
            };
        }
    }
}
