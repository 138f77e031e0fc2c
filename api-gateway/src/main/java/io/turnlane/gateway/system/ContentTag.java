package io.turnlane.gateway.system;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import org.springframework.core.io.Resource;

/**
 * An ETag from a file's content, a weak one, for it may be sent compressed or not. Worked out once a file; there are as
 * many as the jars hold.
 */
final class ContentTag implements Function<Resource, String> {

    private final ConcurrentHashMap<String, String> tags = new ConcurrentHashMap<>();

    @Override
    public String apply(Resource resource) {
        return tags.computeIfAbsent(resource.getDescription(), _ -> tag(resource));
    }

    private static String tag(Resource resource) {
        CRC32C crc = new CRC32C();
        try (InputStream in = new CheckedInputStream(resource.getInputStream(), crc)) {
            long length = in.transferTo(java.io.OutputStream.nullOutputStream());
            return "W/\"" + Long.toHexString(crc.getValue()) + "-" + Long.toHexString(length) + "\"";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
