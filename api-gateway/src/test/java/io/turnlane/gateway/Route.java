package io.turnlane.gateway;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;
import tools.jackson.databind.JsonNode;

/**
 * Route of a running gateway. The routes are read from the handler mappings and the OpenAPI document of the gateway, so
 * that new routes are tested automatically.
 */
record Route(String method, String path) {

    private static final Comparator<Route> ORDER =
            Comparator.comparing(Route::path).thenComparing(Route::method);

    static Set<Route> of(TestGateway gateway) {
        Set<Route> routes = new TreeSet<>(ORDER);
        gateway.beans(RequestMappingInfoHandlerMapping.class)
                .forEach(
                        mapping -> mapping.getHandlerMethods().keySet().forEach(info -> of(info).forEach(routes::add)));
        JsonNode paths = gateway.get("/openapi.json").json().path("paths");
        paths.properties()
                .forEach(path -> path.getValue()
                        .propertyNames()
                        .forEach(method -> routes.add(new Route(method.toUpperCase(Locale.ROOT), path.getKey()))));
        return routes;
    }

    private static Stream<Route> of(RequestMappingInfo info) {
        List<String> methods =
                info.getMethodsCondition().getMethods().stream().map(Enum::name).toList();
        return Objects.requireNonNull(info.getPathPatternsCondition()).getPatternValues().stream()
                .flatMap(path -> (methods.isEmpty() ? List.of("GET", "POST") : methods)
                        .stream().map(method -> new Route(method, path)));
    }

    boolean reads() {
        return method.equals("GET") || method.equals("HEAD");
    }

    boolean names(String variable) {
        return path.contains("{" + variable + "}");
    }

    /** Returns the path with these ids; any other variable is replaced by {@code rid} too. */
    String with(String sid, String rid) {
        return path.replace("{sid}", sid)
                .replaceAll("\\{[^}]*}", java.util.regex.Matcher.quoteReplacement(rid))
                .replace("**", "x");
    }

    @Override
    public String toString() {
        return method + " " + path;
    }
}
