package io.turnlane.gateway.system;

import com.fasterxml.uuid.Generators;
import io.turnlane.gateway.caller.CallerResolver;
import io.turnlane.gateway.caller.Callers;
import io.turnlane.gateway.caller.OperatorResolver;
import io.turnlane.gateway.limits.LimitInterceptor;
import io.turnlane.gateway.limits.OpenConnections;
import io.turnlane.gateway.limits.RateLimits;
import io.turnlane.gateway.problem.ProblemReportValve;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.WireFormat;
import java.util.List;
import org.apache.catalina.core.StandardHost;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.format.FormatterRegistry;
import org.springframework.http.CacheControl;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistration;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.type.LogicalType;

/** HTTP: JSON, ids in paths, static files, filters, and Tomcat's own errors. */
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

    /** As in the contract, and strict about what comes in: a field that we don't know is a mistake to be told. */
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

    @Override
    public void addFormatters(FormatterRegistry registry) {
        registry.addConverter(String.class, SessionId.class, SessionId::new);
        registry.addConverter(String.class, RequestId.class, RequestId::parse);
    }

    @Override
    public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(new CallerResolver(callers));
        resolvers.add(new OperatorResolver(callers));
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(new LimitInterceptor(callers, rates, connections))
                .addPathPatterns("/v1/**", "/ask", "/ask-stream", "/api/**");
    }

    /** Pages: asked about every time, answered 304 while their content is the same. Jar entries all have one date. */
    @Override
    public void addResourceHandlers(ResourceHandlerRegistry registry) {
        ContentTag tag = new ContentTag();
        files(registry, "/**", STATIC, tag);
        // Libraries are asked for without their version, which the chain finds in the jar's name.
        files(registry, "/webjars/**", WEBJARS, tag).resourceChain(true);
    }

    private static ResourceHandlerRegistration files(
            ResourceHandlerRegistry registry, String path, String location, ContentTag tag) {
        return registry.addResourceHandler(path)
                .addResourceLocations(location)
                .setUseLastModified(false)
                .setEtagGenerator(tag)
                .setCacheControl(CacheControl.noCache());
    }

    @Bean
    FilterRegistrationBean<CallIdFilter> callIdFilter() {
        return filter(new CallIdFilter(Generators.timeBasedEpochRandomGenerator()), 0);
    }

    @Bean
    FilterRegistrationBean<SecurityHeadersFilter> securityHeadersFilter() {
        return filter(new SecurityHeadersFilter(), 1);
    }

    @Bean
    FilterRegistrationBean<BodyLimitFilter> bodyLimitFilter(GatewayProperties properties) {
        BodyLimitFilter bounds = new BodyLimitFilter(
                Math.toIntExact(properties.asks().maxBody().toBytes()),
                Math.toIntExact(properties.sessions().maxImport().toBytes()));
        return filter(bounds, 3);
    }

    private static <F extends jakarta.servlet.Filter> FilterRegistrationBean<F> filter(F filter, int place) {
        FilterRegistrationBean<F> registration = new FilterRegistrationBean<>(filter);
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + place);
        return registration;
    }

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> leanHttp() {
        return factory -> factory.setProtocol(LeanHttpProtocol.class.getName());
    }

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> tomcatTellsProblems() {
        return factory -> factory.addContextCustomizers(context -> {
            if (context.getParent() instanceof StandardHost host) {
                host.setErrorReportValveClass(ProblemReportValve.class.getName());
            }
        });
    }
}
