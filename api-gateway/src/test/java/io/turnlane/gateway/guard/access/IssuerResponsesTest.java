package io.turnlane.gateway.guard.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.mock.http.client.MockClientHttpRequest;
import org.springframework.mock.http.client.MockClientHttpResponse;

class IssuerResponsesTest {

    private static final Duration LONG = Duration.ofHours(1);

    private final AtomicInteger fetches = new AtomicInteger();
    private HttpStatus status = HttpStatus.OK;

    private String call(IssuerResponses responses, String path) throws IOException {
        MockClientHttpRequest request =
                new MockClientHttpRequest(HttpMethod.GET, URI.create("https://issuer.example" + path));
        ClientHttpRequestExecution execution = (_, _) -> {
            String body = "keys " + fetches.incrementAndGet();
            if (status == HttpStatus.BAD_GATEWAY) {
                throw new IOException("unreachable");
            }
            return new MockClientHttpResponse(body.getBytes(java.nio.charset.StandardCharsets.UTF_8), status);
        };
        try (var response = responses.intercept(request, new byte[0], execution)) {
            return response.getStatusCode().value() + " "
                    + new String(response.getBody().readAllBytes());
        }
    }

    @Test
    void fetchesEachDocumentOnceUntilItsTimeHasPassed() throws Exception {
        IssuerResponses kept = new IssuerResponses(LONG, LONG);
        assertThat(call(kept, "/keys")).isEqualTo("200 keys 1");
        assertThat(call(kept, "/keys")).isEqualTo("200 keys 1");
        assertThat(call(kept, "/other")).isEqualTo("200 keys 2");
    }

    @Test
    void fetchesANewKeyAfterTheTimeHasPassed() throws Exception {
        IssuerResponses expired = new IssuerResponses(Duration.ZERO, LONG);
        call(expired, "/keys");
        assertThat(call(expired, "/keys")).isEqualTo("200 keys 2");
    }

    @Test
    void retriesAFailedFetchEarlier() throws Exception {
        for (HttpStatus failure : new HttpStatus[] {HttpStatus.BAD_GATEWAY, HttpStatus.INTERNAL_SERVER_ERROR}) {
            fetches.set(0);
            status = failure;
            IssuerResponses kept = new IssuerResponses(LONG, LONG);
            call(kept, "/keys");
            call(kept, "/keys");
            assertThat(fetches).hasValue(1);
            IssuerResponses retried = new IssuerResponses(LONG, Duration.ZERO);
            call(retried, "/keys");
            status = HttpStatus.OK;
            assertThat(call(retried, "/keys")).isEqualTo("200 keys 3");
        }
    }
}
