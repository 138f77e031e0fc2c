package io.turnlane.gateway.system.web;

import io.turnlane.model.json.Sha256;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.resource.ResourceResolver;
import org.springframework.web.servlet.resource.ResourceResolverChain;
import org.springframework.web.servlet.resource.ResourceTransformer;
import org.springframework.web.servlet.resource.ResourceTransformerChain;
import org.springframework.web.servlet.resource.TransformedResource;
import org.webjars.WebJarVersionLocator;

/**
 * Puts the version of the pages' files into their URLs: {@code /assets/<version>/js/main.js}. The version is a hash of
 * all files and of the libraries' versions. Only the URLs in the page itself are changed, because script modules import
 * each other by relative paths.
 *
 * <p>The gateway ignores the version in the path of a request and always returns its own file. During a rolling update,
 * a page that one gateway served can therefore load its files from another gateway.
 *
 * <p>Immutable and safe for use by any number of threads.
 */
final class PageAssets implements ResourceTransformer, ResourceResolver {

    static final String FOLDER = "/assets/";
    static final CacheControl KEPT =
            CacheControl.maxAge(Duration.ofDays(365)).cachePublic().immutable();

    private static final List<String> LIBRARIES = List.of("marked", "highlightjs");

    private final String version = version();

    /**
     * Returns the path prefix with the version, with a slash at its end. Browsers may cache files under this path for a
     * year.
     */
    String path() {
        return FOLDER + version + "/";
    }

    @Override
    public Resource transform(HttpServletRequest request, Resource resource, ResourceTransformerChain chain)
            throws IOException {
        Resource before = chain.transform(request, resource);
        if (!"index.html".equals(before.getFilename())) {
            return before;
        }
        String page = before.getContentAsString(StandardCharsets.UTF_8)
                .replaceAll("(href|src)=\"/(?=(console|css|icons|js|lib|webjars)/)", "$1=\"" + path());
        return new TransformedResource(before, page.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public @Nullable Resource resolveResource(
            @Nullable HttpServletRequest request,
            String path,
            List<? extends Resource> locations,
            ResourceResolverChain chain) {
        return chain.resolveResource(request, path.replaceFirst("^[^/]+/(webjars/)?", ""), locations);
    }

    @Override
    public @Nullable String resolveUrlPath(
            String path, List<? extends Resource> locations, ResourceResolverChain chain) {
        return null;
    }

    private static String version() {
        try {
            MessageDigest hash = Sha256.newDigest();
            Resource[] files = new PathMatchingResourcePatternResolver().getResources("classpath:/static/**/*.*");
            Arrays.sort(files, Comparator.comparing(Resource::getDescription));
            for (Resource file : files) {
                hash.update(file.getContentAsByteArray());
            }
            WebJarVersionLocator libraries = new WebJarVersionLocator();
            LIBRARIES.forEach(
                    name -> hash.update(String.valueOf(libraries.version(name)).getBytes(StandardCharsets.UTF_8)));
            return HexFormat.of().formatHex(hash.digest(), 0, 6);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
