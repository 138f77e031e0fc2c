package io.turnlane.processor.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnlane.model.CallbackUrl;
import io.turnlane.model.RequestId;
import io.turnlane.processor.lane.Delay;
import io.turnlane.processor.webhook.WebhookSender.SendResult;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Single calls to a real server. */
@Timeout(60)
class HttpWebhookSenderTest {

    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final RequestId ID = new RequestId(UUID.randomUUID());
    private static final byte[] EVENT = "{\"type\":\"completed\"}".getBytes(StandardCharsets.UTF_8);

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Delay delay = (time, task) -> {
        var scheduled = timer.schedule(task, time.toMillis(), TimeUnit.MILLISECONDS);
        return () -> scheduled.cancel(false);
    };
    private final WebhookSignature signature = new WebhookSignature(List.of(SECRET));
    private final Receiver receiver = new Receiver();

    @AfterEach
    void stop() {
        receiver.close();
        timer.shutdownNow();
    }

    /** Example from the documentation of the standard. */
    @Test
    void signsTheExampleOfTheStandard() {
        assertThat(signature.of(
                        "msg_p5jXN8AQM9LWM0D4loKWxJek",
                        1614265330,
                        "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    void signsWithEverySecretAndRejectsInvalidOnes() {
        WebhookSignature both = new WebhookSignature(List.of(SECRET, "whsec_" + "A".repeat(32)));
        assertThat(both.of("x", 1, EVENT).split(" ")).hasSize(2);
        for (List<String> bad : List.of(List.<String>of(), List.of(""), List.of("whsec_x"), List.of("A".repeat(32)))) {
            assertThatThrownBy(() -> new WebhookSignature(bad)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void postsTheEventUnchanged() {
        assertThat(send(true, receiver.url("/hook"))).isEqualTo(new SendResult.Delivered());
        assertThat(receiver.posts).singleElement().satisfies(post -> {
            assertThat(post.id()).isEqualTo(ID.toString());
            assertThat(post.type()).isEqualTo("application/json");
            assertThat(post.body()).isEqualTo(new String(EVENT, StandardCharsets.UTF_8));
            assertThat(post.signature())
                    .isEqualTo(signature.of(ID.toString(), Long.parseLong(post.timestamp()), EVENT));
        });
    }

    @Test
    void callsNoAddressThatIsNotPublic() throws Exception {
        InetAddress publicOne = InetAddress.ofLiteral("93.184.215.14");
        InetAddress loopback = InetAddress.getLoopbackAddress();
        CallbackUrl named = CallbackUrl.parse(receiver.url("/").toString().replace("127.0.0.1", "looks-fine.example"));
        for (InetAddress[] addresses : new InetAddress[][] {{loopback}, {publicOne, loopback}}) {
            try (HttpWebhookSender sender = sender(false, _ -> addresses, Duration.ofSeconds(5))) {
                assertThat(sender.send(named, ID, EVENT))
                        .isEqualTo(new SendResult.Undeliverable("not a public address"));
            }
        }
        assertThat(send(false, receiver.url("/"))).isEqualTo(new SendResult.Undeliverable("not a public address"));
        assertThat(receiver.posts).isEmpty();
    }

    /**
     * The name may resolve to another address a moment later. The sender must connect to the address that it has
     * checked.
     */
    @Test
    void connectsToTheAddressThatItChecked() throws Exception {
        CallbackUrl named = CallbackUrl.parse(receiver.url("/").toString().replace("127.0.0.1", "rebinds.example"));
        int[] lookups = {0};
        HttpWebhookSender.HostResolver rebinding = _ -> {
            lookups[0]++;
            return new InetAddress[] {InetAddress.getLoopbackAddress()};
        };
        try (HttpWebhookSender sender = sender(true, rebinding, Duration.ofSeconds(5))) {
            assertThat(sender.send(named, ID, EVENT)).isEqualTo(new SendResult.Delivered());
            assertThat(lookups[0])
                    .as("number of name lookups for one connection")
                    .isEqualTo(1);
        }
    }

    @Test
    void followsNoRedirect() {
        receiver.answering(call -> {
            call.getResponseHeaders().add("Location", receiver.url("/elsewhere").toString());
            call.sendResponseHeaders(307, -1);
        });
        assertThat(send(true, receiver.url("/"))).isEqualTo(new SendResult.SendFailed("status 307", null));
        assertThat(receiver.posts).hasSize(1);
    }

    @Test
    void readsFromTheStatusIfAndWhenToRetry() {
        receiver.answering(Receiver.status(500), Receiver.status(410), call -> {
            call.getResponseHeaders().add("Retry-After", "7");
            call.sendResponseHeaders(429, -1);
        });
        assertThat(send(true, receiver.url("/"))).isEqualTo(new SendResult.SendFailed("status 500", null));
        assertThat(send(true, receiver.url("/"))).isEqualTo(new SendResult.Undeliverable("status 410"));
        assertThat(send(true, receiver.url("/")))
                .isEqualTo(new SendResult.SendFailed("status 429", Duration.ofSeconds(7)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 0",
                "120 | 120",
                "3600 | 3600",
                "3601 | 3600",
                "9999999999 | 3600",
                "99999999999999999999999999 | 3600",
                "Sat, 21 Nov 2026 06:00:08 GMT | 8",
                "Saturday, 21-Nov-26 06:00:08 GMT | 8",
                "Sat Nov 21 06:00:08 2026 | 8",
                "Sat, 21 Nov 2026 05:59:00 GMT | 0",
                "Fri, 31 Dec 9999 23:59:59 GMT | 3600",
                "-5 | ",
                "1.5 | ",
                "soon | ",
                "'' | "
            })
    void readsBothFormsOfRetryAfterAndLimitsTheDelayToAnHour(String value, Long seconds) throws Exception {
        assertThat(retryAfter("Retry-After: " + value)).isEqualTo(seconds == null ? null : Duration.ofSeconds(seconds));
    }

    @Test
    void countsADateInRetryAfterByTheClockOfTheReceiver() throws Exception {
        assertThat(retryAfter("Date: Sat, 21 Nov 2026 09:00:00 GMT\r\nRetry-After: Sat, 21 Nov 2026 09:00:08 GMT"))
                .isEqualTo(Duration.ofSeconds(8));
        assertThat(retryAfter("Date: yesterday\r\nRetry-After: Sat, 21 Nov 2026 06:00:08 GMT"))
                .isEqualTo(Duration.ofSeconds(8));
    }

    private Duration retryAfter(String headers) throws Exception {
        String answer = "HTTP/1.1 503 Busy\r\n" + headers + "\r\nContent-Length: 100000\r\n\r\n";
        try (DrippingReceiver busy = new DrippingReceiver(answer, "a".repeat(4_000));
                HttpWebhookSender sender = sender(true, InetAddress::getAllByName, Duration.ofSeconds(10))) {
            SendResult sent = sender.send(busy.url(), ID, EVENT);
            assertThat(sent).isInstanceOf(SendResult.SendFailed.class);
            return ((SendResult.SendFailed) sent).retryAfter();
        }
    }

    @Test
    void refusesAnAddressInADisguisedFormWithoutACall() throws Exception {
        HttpWebhookSender.HostResolver none = _ -> {
            throw new AssertionError("looked up");
        };
        try (HttpWebhookSender sender = sender(false, none, Duration.ofSeconds(5))) {
            for (String url : List.of("http://127.0.0.01/", "http://[::ffff:127.0.0.1]/", "http://localhost/")) {
                assertThat(sender.send(CallbackUrl.parse(url), ID, EVENT))
                        .isEqualTo(new SendResult.Undeliverable("not a public address"));
            }
        }
    }

    @Test
    void failsAfterTheTimeLimitIfTheReceiverSendsNothing() throws Exception {
        CompletableFuture<Void> over = new CompletableFuture<>();
        receiver.answering(_ -> over.join());
        try (HttpWebhookSender sender = sender(true, InetAddress::getAllByName, Duration.ofMillis(500))) {
            long began = System.nanoTime();
            assertThat(sender.send(receiver.url("/"), ID, EVENT)).isInstanceOf(SendResult.SendFailed.class);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(4));
        } finally {
            over.complete(null);
        }
    }

    /** Each byte arrives within the read timeout, but the whole call has a time limit, too. */
    @Test
    void failsAfterTheTimeLimitIfTheReceiverDripsItsResponse() throws Exception {
        for (String answer : List.of("HTTP/1.1 200 OK\r\nX-A: " + "a".repeat(4_000), "H".repeat(4_000))) {
            try (DrippingReceiver dripping = new DrippingReceiver(answer);
                    HttpWebhookSender sender = sender(true, InetAddress::getAllByName, Duration.ofMillis(800))) {
                long began = System.nanoTime();
                assertThat(sender.send(dripping.url(), ID, EVENT))
                        .isEqualTo(new SendResult.SendFailed("timeout", null));
                assertThat(Duration.ofNanos(System.nanoTime() - began))
                        .isBetween(Duration.ofMillis(700), Duration.ofSeconds(5));
                assertThat(dripping.dripped()).as("received bytes").isGreaterThan(2);
                dripping.awaitHangUp();
            }
        }
    }

    @Test
    void closesTheConnectionToAReceiverThatDripsItsBody() throws Exception {
        String answer = "HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n";
        try (DrippingReceiver dripping = new DrippingReceiver(answer, "a".repeat(4_000));
                HttpWebhookSender sender = sender(true, InetAddress::getAllByName, Duration.ofMillis(800))) {
            long began = System.nanoTime();
            assertThat(sender.send(dripping.url(), ID, EVENT)).isEqualTo(new SendResult.Delivered());
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
            dripping.awaitHangUp();
        }
    }

    @Test
    void ignoresABodyThatNeverEnds() {
        receiver.answering(call -> {
            call.sendResponseHeaders(200, 0);
            for (int i = 0; i < 1_000_000; i++) {
                call.getResponseBody().write(new byte[8192]);
            }
        });
        assertThat(send(true, receiver.url("/"))).isEqualTo(new SendResult.Delivered());
    }

    @Test
    void failsIfNobodyListens() throws Exception {
        CallbackUrl gone = receiver.url("/");
        receiver.close();
        assertThat(send(true, gone)).isInstanceOf(SendResult.SendFailed.class);
    }

    private SendResult send(boolean allowPrivate, CallbackUrl to) {
        try (HttpWebhookSender sender = sender(allowPrivate, InetAddress::getAllByName, Duration.ofSeconds(10))) {
            return sender.send(to, ID, EVENT);
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    private HttpWebhookSender sender(boolean allowPrivate, HttpWebhookSender.HostResolver names, Duration timeout) {
        return new HttpWebhookSender(
                names,
                signature,
                new HttpWebhookSender.WebhookLimits(timeout, 8, 2, allowPrivate),
                delay,
                InstantSource.fixed(Instant.parse("2026-11-21T06:00:00Z")));
    }
}
