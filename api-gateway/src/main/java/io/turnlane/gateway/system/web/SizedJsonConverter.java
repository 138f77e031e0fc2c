package io.turnlane.gateway.system.web;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpOutputMessage;
import org.springframework.http.converter.json.JacksonJsonHttpMessageConverter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes JSON responses with a {@code Content-Length} header. Without this header, Tomcat would send a response in
 * chunks, and the last chunk in a packet of its own.
 */
final class SizedJsonConverter extends JacksonJsonHttpMessageConverter {

    SizedJsonConverter(JsonMapper json) {
        super(json);
    }

    @Override
    protected void writeInternal(
            Object value, ResolvableType type, HttpOutputMessage response, @Nullable Map<String, Object> hints)
            throws IOException {
        BufferedMessage message = new BufferedMessage(response.getHeaders(), new ByteArrayOutputStream(1024));
        super.writeInternal(value, type, message, hints);
        response.getHeaders().setContentLength(message.body().size());
        message.body().writeTo(response.getBody());
    }

    private record BufferedMessage(HttpHeaders headers, ByteArrayOutputStream body) implements HttpOutputMessage {

        @Override
        public HttpHeaders getHeaders() {
            return headers;
        }

        @Override
        public OutputStream getBody() {
            return body;
        }
    }
}
