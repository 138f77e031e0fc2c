package io.turnlane.gateway.system.web;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import org.springframework.core.io.Resource;

/**
 * Computes the ETag of a static file from its content. The tag is weak, because the file can be sent compressed or
 * uncompressed. Each tag is computed once and then cached. The cache has at most one entry for each file in the jars.
 *
 * <p>Safe for use by any number of threads.
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
