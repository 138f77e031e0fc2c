package io.turnlane.processor.webhook;

import io.turnlane.model.CallbackUrl;
import io.turnlane.model.RequestId;
import io.turnlane.model.ValueRanges;
import io.turnlane.model.address.PublicAddress;
import io.turnlane.processor.lane.Delay;
import io.turnlane.processor.lane.Delay.Cancellation;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.utils.DateUtils;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends webhooks over HTTP/1.1. Resolves the host name once, checks the resulting addresses, and connects to one of
 * them. A name that later resolves to another address (DNS rebinding) therefore cannot bypass the check. Redirects,
 * proxies and cookies are disabled. Only the status of the response is evaluated. Safe for use by multiple threads.
 */
public final class HttpWebhookSender implements WebhookSender, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(HttpWebhookSender.class);
    private static final int SUCCESS = 2;
    private static final int GONE = 410;
    private static final int MAX_READ = 64 * 1024;
    private static final Duration MAX_RETRY_AFTER = Duration.ofHours(1);
    /** Date formats that a recipient must accept (RFC 9110, 5.6.7). */
    private static final DateTimeFormatter[] DATES = {
        DateUtils.FORMATTER_RFC1123,
        DateUtils.FORMATTER_RFC1036,
        DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ENGLISH).withZone(ZoneOffset.UTC)
    };

    private static final Pattern SECONDS = Pattern.compile("\\d{1,100}");

    private static final ContentType JSON = ContentType.create("application/json");

    private final CloseableHttpClient http;
    private final WebhookSignature signature;
    private final WebhookLimits limits;
    private final Delay delay;
    private final InstantSource clock;

    /**
     * Limits of calls.
     *
     * @param timeout time limit of a whole call, from the name lookup to the status of the response
     * @param allowPrivate true if addresses that are not public are allowed
     */
    public record WebhookLimits(Duration timeout, int connections, int connectionsPerHost, boolean allowPrivate) {}

    @FunctionalInterface
    public interface HostResolver {
        InetAddress[] resolve(String host) throws UnknownHostException;
    }

    /** @param delay timer that cancels calls after their time limit */
    public HttpWebhookSender(
            HostResolver names, WebhookSignature signature, WebhookLimits limits, Delay delay, InstantSource clock) {
        this.signature = signature;
        this.limits = limits;
        this.delay = delay;
        this.clock = clock;
        Timeout timeout = Timeout.ofMilliseconds(limits.timeout().toMillis());
        this.http = HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setDnsResolver(new CheckedResolver(names, limits.allowPrivate()))
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(timeout)
                                .setSocketTimeout(timeout)
                                .setTimeToLive(TimeValue.ofMinutes(1))
                                .build())
                        .setMaxConnTotal(limits.connections())
                        .setMaxConnPerRoute(limits.connectionsPerHost())
                        .build())
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setConnectionRequestTimeout(timeout)
                        .setResponseTimeout(timeout)
                        .build())
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableContentCompression()
                .setUserAgent("Turnlane-Webhooks/1")
                .build();
    }

    /**
     * Resolves host names. Rejects a name if any of its addresses must not be called. The connection uses one of the
     * returned addresses.
     */
    private record CheckedResolver(HostResolver names, boolean allowPrivate) implements DnsResolver {

        @Override
        public InetAddress[] resolve(String host) throws UnknownHostException {
            InetAddress[] all = names.resolve(host);
            if (!allowPrivate && !Arrays.stream(all).allMatch(PublicAddress::isPublic)) {
                throw new NotPublicException();
            }
            return all;
        }

        @Override
        public String resolveCanonicalHostname(String host) {
            return host;
        }
    }

    /** Thrown if a host name resolves to an address that is not public. */
    private static final class NotPublicException extends UnknownHostException {
        NotPublicException() {
            super("not a public address");
        }
    }

    @Override
    public SendResult send(CallbackUrl to, RequestId id, byte[] event) {
        if (!limits.allowPrivate() && to.hasPrivateAddress()) {
            return new SendResult.Undeliverable("not a public address");
        }
        HttpPost post = new HttpPost(to.value());
        long now = clock.instant().getEpochSecond();
        post.setHeader("webhook-id", id.toString());
        post.setHeader("webhook-timestamp", Long.toString(now));
        post.setHeader("webhook-signature", signature.of(id.toString(), now, event));
        post.setEntity(new ByteArrayEntity(event, JSON));
        Cancellation limit = delay.after(limits.timeout(), post::cancel);
        try {
            ClassicHttpResponse response = http.executeOpen(null, post, null);
            SendResult sent = resultOf(response);
            closeResponse(post, response);
            return sent;
        } catch (NotPublicException e) {
            return new SendResult.Undeliverable("not a public address");
        } catch (IOException | IllegalArgumentException | IllegalStateException e) {
            return new SendResult.SendFailed(
                    post.isCancelled() ? "timeout" : e.getClass().getSimpleName(), null);
        } finally {
            limit.cancel();
        }
    }

    private SendResult resultOf(ClassicHttpResponse response) {
        int status = response.getCode();
        if (status / 100 == SUCCESS) {
            return new SendResult.Delivered();
        }
        return status == GONE
                ? new SendResult.Undeliverable("status 410")
                : new SendResult.SendFailed("status " + status, retryAfter(response));
    }

    /**
     * Closes the response. If the body is short, reads it to its end, so that the connection can be reused. Otherwise
     * closes the connection.
     */
    private static void closeResponse(HttpPost post, ClassicHttpResponse response) {
        HttpEntity body = response.getEntity();
        if (body != null && (body.getContentLength() < 0 || body.getContentLength() > MAX_READ)) {
            var _ = post.cancel();
        }
        try {
            response.close();
        } catch (IOException e) {
            log.atDebug().setCause(e).log("webhook response was incomplete");
        }
    }

    /**
     * Returns the delay that a Retry-After header asks for, from 0 to {@link #MAX_RETRY_AFTER}. The header contains
     * seconds or a date (RFC 9110, 10.2.3). A date is compared with the Date header of the same response, because the
     * receiver's clock can differ from this clock.
     *
     * @return null if the response has no valid Retry-After header
     */
    private @Nullable Duration retryAfter(ClassicHttpResponse response) {
        String value = valueOf(response, HttpHeaders.RETRY_AFTER);
        if (SECONDS.matcher(value).matches()) {
            BigInteger seconds = new BigInteger(value).min(BigInteger.valueOf(MAX_RETRY_AFTER.toSeconds()));
            return Duration.ofSeconds(seconds.longValue());
        }
        Instant at = DateUtils.parseDate(value, DATES);
        if (at == null) {
            return null;
        }
        Instant sent = DateUtils.parseDate(valueOf(response, HttpHeaders.DATE), DATES);
        return ValueRanges.clamp(Duration.between(sent == null ? clock.instant() : sent, at), MAX_RETRY_AFTER);
    }

    private static String valueOf(ClassicHttpResponse response, String name) {
        Header header = response.getFirstHeader(name);
        return header == null || header.getValue() == null
                ? ""
                : header.getValue().strip();
    }

    @Override
    public void close() throws IOException {
        http.close();
    }
}
