package io.turnlane.processor.agent.chat;

import dev.langchain4j.http.client.HttpClient;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import dev.langchain4j.http.client.sse.ServerSentEventParser;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * HTTP client for LangChain4j that makes each call on the calling thread. LangChain4j's own client has no limit for the
 * time between two events, cannot be cancelled before the first event, and occupies a platform thread for each stream.
 *
 * <p>Several threads use it at the same time. {@link #run} sets the call that a request belongs to.
 */
final class ModelTransport implements HttpClient, HttpClientBuilder {

    private static final ScopedValue<ModelCall> CALL = ScopedValue.newInstance();

    /** Runs code of LangChain4j that sends the request of this call. */
    static void run(ModelCall call, Runnable langChain4j) {
        ScopedValue.where(CALL, call).run(langChain4j);
    }

    @Override
    public void execute(HttpRequest request, ServerSentEventParser parser, ServerSentEventListener listener) {
        CALL.get().execute(request, listener);
    }

    @Override
    public SuccessfulHttpResponse execute(HttpRequest request) {
        throw new UnsupportedOperationException("all calls are streams");
    }

    @Override
    public HttpClient build() {
        return this;
    }

    @Override
    public @Nullable Duration connectTimeout() {
        return null;
    }

    /** Has no effect, because each call has its own limits. */
    @Override
    public HttpClientBuilder connectTimeout(Duration timeout) {
        return this;
    }

    @Override
    public @Nullable Duration readTimeout() {
        return null;
    }

    /** Has no effect, because each call has its own limits. */
    @Override
    public HttpClientBuilder readTimeout(Duration timeout) {
        return this;
    }
}
