package io.turnlane.processor.agent.http;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Body of a response, which is read with a deadline for each part. The input stream of the JDK's client has no time
 * limit. One thread reads. It may be interrupted, which {@link #next} reports at once. The client's threads add at most
 * one part in advance.
 */
final class ResponseBody implements BodySubscriber<ResponseBody> {

    private final BlockingQueue<Part> received = new LinkedBlockingQueue<>();
    private Iterator<ByteBuffer> current = Collections.emptyIterator();
    private boolean isEnded;
    private Flow.@Nullable Subscription subscription; // guarded by this
    private boolean isClosed; // guarded by this

    /** Part of a body, the end of the body, or the failure that ended it. */
    private sealed interface Part {

        record Bytes(List<ByteBuffer> buffers) implements Part {}

        record End() implements Part {}

        record Failure(Throwable cause) implements Part {}
    }

    /** Returns the body when the headers have arrived. */
    @Override
    public CompletionStage<ResponseBody> getBody() {
        return CompletableFuture.completedStage(this);
    }

    @Override
    public synchronized void onSubscribe(Flow.Subscription newSubscription) {
        if (isClosed) {
            newSubscription.cancel();
        } else {
            subscription = newSubscription;
            newSubscription.request(1);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        received.add(new Part.Bytes(buffers));
    }

    @Override
    public void onError(Throwable cause) {
        received.add(new Part.Failure(cause));
        forgetSubscription();
    }

    @Override
    public void onComplete() {
        received.add(new Part.End());
        forgetSubscription();
    }

    /** Prevents a cancellation after the end, which would close a connection that the client can use again. */
    private synchronized void forgetSubscription() {
        subscription = null;
    }

    /**
     * Returns bytes of the body, at least one, or null at its end.
     *
     * @throws HttpTimeoutException if none arrive before the deadline, or if it has passed
     */
    @Nullable
    ByteBuffer next(Deadline deadline) throws IOException, InterruptedException {
        while (!isEnded) {
            while (current.hasNext()) {
                ByteBuffer buffer = current.next();
                if (buffer.hasRemaining()) {
                    return buffer;
                }
            }
            long left = deadline.nanosLeft();
            switch (left > 0 ? received.poll(left, TimeUnit.NANOSECONDS) : null) {
                case null -> throw new HttpTimeoutException("the response did not continue in time");
                case Part.Failure failure -> throw new IOException("the response broke off", failure.cause());
                case Part.End _ -> isEnded = true;
                case Part.Bytes bytes -> {
                    current = bytes.buffers().iterator();
                    requestNext();
                }
            }
        }
        return null;
    }

    private synchronized void requestNext() {
        if (subscription != null) {
            subscription.request(1);
        }
    }

    /** Closes the connection, unless the body has arrived completely. */
    synchronized void close() {
        isClosed = true;
        if (subscription != null) {
            subscription.cancel();
        }
    }
}
