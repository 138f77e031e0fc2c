package io.turnlane.gateway.system.web;

import com.fasterxml.uuid.Generators;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.turnlane.gateway.guard.caller.CallerResolver;
import io.turnlane.gateway.guard.caller.Callers;
import io.turnlane.gateway.guard.limits.LimitInterceptor;
import io.turnlane.gateway.guard.limits.OpenConnections;
import io.turnlane.gateway.guard.limits.RateLimits;
import io.turnlane.gateway.guard.origin.AllowedOrigins;
import io.turnlane.gateway.guard.origin.ApiCorsProcessor;
import io.turnlane.gateway.guard.origin.LoopbackHostCheck;
import io.turnlane.gateway.problem.ProblemReportValve;
import io.turnlane.gateway.system.GatewayProperties;
import io.turnlane.gateway.system.web.CallFilter.CallCheck;
import io.turnlane.gateway.turns.requests.WaitTimes;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionId;
import io.turnlane.model.WireFormat;
import io.turnlane.trace.Traces;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import java.util.List;
import org.apache.catalina.core.StandardHost;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.http.converter.autoconfigure.ServerHttpMessageConvertersCustomizer;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.format.FormatterRegistry;
import org.springframework.http.CacheControl;
import org.springframework.web.filter.RequestContextFilter;
import org.springframework.web.filter.ServerHttpObservationFilter;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistration;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.ViewControllerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/** HTTP beans: JSON, conversion of ids in paths, static files, filters, and error pages of Tomcat. */
@Configuration(proxyBeanMethods = false)
class WebConfiguration implements WebMvcConfigurer {

    private final Callers callers;
    private final RateLimits rates;
    private final OpenConnections connections;

    WebConfiguration(Callers callers, RateLimits rates, OpenConnections connections) {
        this.callers = callers;
        this.rates = rates;
        this.connections = connections;
    }

    private static final String STATIC = "classpath:/static/";
    private static final String WEBJARS = "classpath:/META-INF/resources/webjars/";

    /**
     * Configures JSON as in the HTTP contract. A request with an unknown field is rejected, and the error names the
     * field.
     */
    @Bean
    JsonMapperBuilderCustomizer contractJson() {
        return json -> json.addModule(WireFormat.module())
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS)
                .enable(
                        DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                        DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .withCoercionConfig(LogicalType.Textual, coercion -> {
                    coercion.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
                    coercion.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
                    coercion.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
                })
                .withCoercionConfig(LogicalType.Integer, coercion -> {
                    coercion.setCoercion(CoercionInputShape.String, CoercionAction.Fail);
                    coercion.setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail);
                    coercion.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
                });
    }

    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE) // replaces the converter of Spring Boot
    ServerHttpMessageConvertersCustomizer sizedJson(JsonMapper json) {
        return converters -> converters.withJsonConverter(new SizedJsonConverter(json));
    }

    @Override
    public void addFormatters(FormatterRegistry registry) {
        registry.addConverter(String.class, SessionId.class, SessionId::new);
        registry.addConverter(String.class, RequestId.class, RequestId::parse);
        registry.addConverter(String.class, RequestStatus.class, RequestStatus::of);
    }

    @Override
    public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(new CallerResolver(callers));
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        LimitInterceptor limits = new LimitInterceptor(
                callers,
                rates,
                connections,
                prefer -> WaitTimes.fromPreferHeader(prefer).isPresent());
        registry.addInterceptor(limits).addPathPatterns("/v1/**", "/ask", "/ask-stream", "/api/**");
    }

    /**
     * Serves static files. The paths of a page's files contain their {@link PageAssets version}, and browsers cache
     * these files for a year. Browsers revalidate files under all other paths on every use. If the content is
     * unchanged, the response is 304. The responses have no Last-Modified header, because all jar entries have the same
     * date.
     */
    @Override
    public void addResourceHandlers(ResourceHandlerRegistry registry) {
        ContentTag tag = new ContentTag();
        PageAssets assets = new PageAssets();
        files(registry, "/**", tag, STATIC).resourceChain(true).addTransformer(assets);
        // The path of a library needs no version, because the resource chain finds the version in the jar.
        files(registry, "/webjars/**", tag, WEBJARS).resourceChain(true);
        files(registry, assets.path() + "**", tag, STATIC).setCacheControl(PageAssets.KEPT);
        files(registry, assets.path() + "webjars/**", tag, WEBJARS)
                .setCacheControl(PageAssets.KEPT)
                .resourceChain(true);
        files(registry, PageAssets.FOLDER + "**", tag, STATIC, WEBJARS)
                .resourceChain(true)
                .addResolver(assets);
    }

    @Override
    public void addViewControllers(ViewControllerRegistry registry) {
        registry.addViewController("/console").setViewName("forward:/console/index.html");
    }

    private static ResourceHandlerRegistration files(
            ResourceHandlerRegistry registry, String path, ContentTag tag, String... locations) {
        return registry.addResourceHandler(path)
                .addResourceLocations(locations)
                .setUseLastModified(false)
                .setEtagGenerator(tag)
                .setCacheControl(CacheControl.noCache());
    }

    /** Registers the filter of all calls, which runs before authentication. */
    @Bean
    FilterRegistrationBean<CallFilter> callFilter(
            GatewayProperties properties,
            AllowedOrigins origins,
            LoopbackHostCheck hosts,
            JsonMapper json,
            MeterRegistry metrics,
            Traces traces,
            @Value("${management.observations.http.server.requests.name:http.server.requests}") String timer) {
        List<CallCheck> checks =
                List.of(new SecurityHeaders(), new ApiCorsProcessor(origins, json)::admits, hosts::admits);
        BodyLimit bodies = new BodyLimit(
                Math.toIntExact(properties.asks().maxBody().toBytes()),
                Math.toIntExact(properties.sessions().maxImport().toBytes()),
                Math.toIntExact(properties.batches().maxBody().toBytes()));
        FilterRegistrationBean<CallFilter> registration = new FilterRegistrationBean<>(new CallFilter(
                Generators.timeBasedEpochRandomGenerator(),
                new CallTimers(metrics, timer),
                new CallSpans(traces),
                checks,
                bodies));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 1); // behind the filter for forwarded headers
        registration.setDispatcherTypes(DispatcherType.REQUEST);
        return registration;
    }

    /** Disables Spring's observation of calls, because {@link CallFilter} measures them. */
    @Bean
    FilterRegistrationBean<ServerHttpObservationFilter> noObservationFilter() {
        return disabled(new ServerHttpObservationFilter(ObservationRegistry.NOOP));
    }

    /** Disables Spring's request context outside of controllers, where nothing uses it. */
    @Bean
    FilterRegistrationBean<RequestContextFilter> noRequestContextFilter() {
        return disabled(new RequestContextFilter());
    }

    private static <F extends Filter> FilterRegistrationBean<F> disabled(F filter) {
        FilterRegistrationBean<F> registration = new FilterRegistrationBean<>(filter);
        registration.setEnabled(false);
        return registration;
    }

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> leanHttp(GatewayProperties properties) {
        return factory -> {
            factory.setProtocol(LeanHttpProtocol.class.getName());
            factory.addConnectorCustomizers(connector -> {
                if (connector.getProtocolHandler() instanceof LeanHttpProtocol http) {
                    http.limitReceiveTime(properties.calls().receiveTimeout());
                }
            });
        };
    }

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> tomcatErrorReports() {
        return factory -> factory.addContextCustomizers(context -> {
            if (context.getParent() instanceof StandardHost host) {
                host.setErrorReportValveClass(ProblemReportValve.class.getName());
            }
        });
    }
}
