package io.turnlane.processor.webhook;

import io.turnlane.model.CallbackUrl;
import io.turnlane.model.PublicAddress;
import io.turnlane.model.RequestId;
import io.turnlane.processor.lane.Delay;
import io.turnlane.processor.lane.Delay.Cancellation;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
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
 * Posts by HTTP/1.1. The addresses that a host's name stands for are looked at where the connection is made, and it is
 * made to one of these: a name that stands for another address a moment later changes nothing (DNS rebinding). No
 * redirect is followed, no proxy or cookie used, and of the answer only its status is read. Safe for threads.
 */
public final class HttpWebhookSender implements WebhookSender, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(HttpWebhookSender.class);
    private static final int SUCCESS = 2;
    private static final int GONE = 410;
    private static final int MOST_READ = 64 * 1024;
    private static final Duration LONGEST_NOT_BEFORE = Duration.ofHours(1);

    private static final ContentType JSON = ContentType.create("application/json");

    private final CloseableHttpClient http;
    private final WebhookSignature signature;
    private final WebhookLimits limits;
    private final Delay delay;
    private final InstantSource clock;

    /**
     * What a call keeps to.
     *
     * @param timeout of a whole call, from the name's look-up to the answer's status
     * @param connections open at once, in all
     * @param connectionsPerHost of them
     * @param allowPrivate whether addresses count too that aren't public
     */
    public record WebhookLimits(Duration timeout, int connections, int connectionsPerHost, boolean allowPrivate) {}

    /** What names stand for. */
    @FunctionalInterface
    public interface HostResolver {
        InetAddress[] resolve(String host) throws UnknownHostException;
    }

    /** @param delay ends calls whose time is up */
    public HttpWebhookSender(
            HostResolver names, WebhookSignature signature, WebhookLimits limits, Delay delay, InstantSource clock) {
        this.signature = signature;
        this.limits = limits;
        this.delay = delay;
        this.clock = clock;
        Timeout timeout = Timeout.ofMilliseconds(limits.timeout().toMillis());
        this.http = HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setDnsResolver(new Checked(names, limits.allowPrivate()))
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

    /** Only addresses that may be called come out of it; the connection is made to one of them. */
    private record Checked(HostResolver names, boolean allowPrivate) implements DnsResolver {

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

    /** The name stands for an address that isn't public. */
    private static final class NotPublicException extends UnknownHostException {
        private static final long serialVersionUID = 1L;

        NotPublicException() {
            super("not a public address");
        }
    }

    @Override
    public SendResult send(CallbackUrl to, RequestId id, byte[] event) {
        HttpPost post = new HttpPost(to.value());
        long now = clock.instant().getEpochSecond();
        post.setHeader("webhook-id", id.toString());
        post.setHeader("webhook-timestamp", Long.toString(now));
        post.setHeader("webhook-signature", signature.of(id.toString(), now, event));
        post.setEntity(new ByteArrayEntity(event, JSON));
        Cancellation limit = delay.after(limits.timeout(), post::cancel);
        try {
            ClassicHttpResponse response = http.executeOpen(null, post, null);
            SendResult sent = heard(response);
            leave(post, response);
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

    private static SendResult heard(ClassicHttpResponse response) {
        int status = response.getCode();
        if (status / 100 == SUCCESS) {
            return new SendResult.Delivered();
        }
        return status == GONE
                ? new SendResult.Undeliverable("status 410")
                : new SendResult.SendFailed(
                        "status " + status, notBefore(response.getFirstHeader(HttpHeaders.RETRY_AFTER)));
    }

    /**
     * A short answer is read to its end, so that its connection serves the next call; any other ends with its
     * connection.
     */
    private static void leave(HttpPost post, ClassicHttpResponse response) {
        HttpEntity body = response.getEntity();
        if (body != null && (body.getContentLength() < 0 || body.getContentLength() > MOST_READ)) {
            var _ = post.cancel();
        }
        try {
            response.close();
        } catch (IOException e) {
            log.atDebug().setCause(e).log("a receiver's answer was cut short");
        }
    }

    /** Seconds; a date is as good as nothing said. */
    private static @Nullable Duration notBefore(@Nullable Header header) {
        if (header == null || header.getValue() == null || !header.getValue().matches("\\d{1,6}")) {
            return null;
        }
        Duration wanted = Duration.ofSeconds(Long.parseLong(header.getValue()));
        return wanted.compareTo(LONGEST_NOT_BEFORE) > 0 ? LONGEST_NOT_BEFORE : wanted;
    }

    @Override
    public void close() throws IOException {
        http.close();
    }
}
