package io.turnlane.model.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnlane.model.CallbackUrl;
import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublicAddressTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "8.8.8.8",
                "100.128.0.1",
                "172.32.0.1",
                "192.0.1.1",
                "223.255.255.255",
                "2606:4700::1111",
                "2a00:1450:4001::1",
                "64:ff9b::808:808",
                "2002:808:808::1"
            })
    void acceptsPublicAddresses(String address) {
        assertThat(PublicAddress.isPublic(InetAddress.ofLiteral(address))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "10.0.0.1",
                "100.64.0.1",
                "127.0.0.1",
                "127.255.0.9",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "192.0.0.8",
                "198.19.0.1",
                "224.0.0.1",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "fe80::1",
                "fc00::1",
                "fd12:3456::1",
                "fec0::1",
                "ff02::1",
                "::ffff:127.0.0.1",
                "::ffff:10.0.0.1",
                "::127.0.0.1",
                "64:ff9b::7f00:1",
                "64:ff9b::a9fe:a9fe",
                "64:ff9b:1::1",
                "2002:7f00:1::1",
                "2001::1",
                "2001:db8::1",
                "3fff::1",
                "4000::1"
            })
    void rejectsAddressesThatAreNotPublic(String address) {
        assertThat(PublicAddress.isPublic(InetAddress.ofLiteral(address))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://example.com",
                "http://example.com:8080/hook?a=b",
                "https://[2606:4700::1111]/x",
                "https://localhost.example",
                "https://0x7f.example",
                "https://127.0.0.1.example"
            })
    void parsesCallbackUrls(String url) {
        assertThat(CallbackUrl.parse(url)).hasToString(url);
        assertThat(CallbackUrl.parse(url).hasPrivateAddress()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1/x",
                "http://[::1]:80/",
                "https://10.1.2.3",
                "http://[::ffff:10.0.0.1]/",
                "http://127.0.0.01/",
                "http://127.000.000.001/",
                "http://0127.0.0.1/",
                "http://192.0.02.1/",
                "http://[::ffff:7f00:1]/",
                "http://[0:0:0:0:0:ffff:127.0.0.1]/",
                "http://[fe80::1%25lo]/",
                "http://[64:ff9b::7f00:1]/",
                "http://2130706433/",
                "http://0x7f000001/",
                "http://localhost/",
                "http://LOCALHOST:8080/x",
                "http://a.localhost./"
            })
    void detectsAPrivateAddressInACallbackUrl(String url) {
        assertThat(CallbackUrl.parse(url).hasPrivateAddress()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "/hook",
                "ftp://example.com",
                "file:///etc/passwd",
                "https://",
                "https:///x",
                "https://user:secret@example.com",
                "https://example.com/#part",
                "https://example.com:0",
                "https://example.com:99999",
                "https://exa mple.com",
                "javascript:alert(1)",
                "http:example.com",
                "https://example.com\r\nX: y",
                "http://0x7f.1/",
                "http://127.1/",
                "http://127.0.0.1./",
                "http://127.0.0.%31/",
                "http://127\u30020.0.1/"
            })
    void rejectsInvalidCallbackUrls(String url) {
        assertThatThrownBy(() -> CallbackUrl.parse(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("a callback_url");
    }

    @org.junit.jupiter.api.Test
    void rejectsACallbackUrlLongerThan2048Characters() {
        assertThatThrownBy(() -> CallbackUrl.parse("https://example.com/" + "x".repeat(2048)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
