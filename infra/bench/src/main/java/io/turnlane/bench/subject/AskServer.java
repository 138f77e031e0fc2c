package io.turnlane.bench.subject;

import io.turnlane.backends.ParentWatch;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** HTTP server of the subjects that are not Turnlane: Tomcat and Spring MVC on virtual threads, and nothing else. */
final class AskServer {

    private AskServer() {}

    /** Answers a question of a session. */
    @FunctionalInterface
    interface Answering {

        /** Returns the answer as JSON. Blocks until the answer has arrived. */
        byte[] answer(String session, String question) throws Exception;
    }

    static void run(int port, Answering answering) {
        ParentWatch.start();
        SpringApplication application = new SpringApplication(Web.class);
        ApplicationContextInitializer<GenericApplicationContext> withAnswering =
                context -> context.registerBean(Answering.class, () -> answering);
        application.addInitializers(withAnswering);
        application.setDefaultProperties(Map.of(
                "server.address",
                "127.0.0.1",
                "server.port",
                port,
                "server.tomcat.max-connections",
                10_000,
                "spring.threads.virtual.enabled",
                true,
                "spring.main.banner-mode",
                "off",
                "logging.config",
                "classpath:turnlane-bench-logback.xml"));
        application.run();
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        TomcatServletWebServerAutoConfiguration.class,
        DispatcherServletAutoConfiguration.class,
        WebMvcAutoConfiguration.class,
        HttpMessageConvertersAutoConfiguration.class,
        JacksonAutoConfiguration.class
    })
    static class Web {

        @RestController
        static class QuestionEndpoint {

            private final Answering answering;

            QuestionEndpoint(Answering answering) {
                this.answering = answering;
            }

            record AskedQuestion(String question) {}

            @PostMapping(path = "/v1/sessions/{session}/requests", produces = MediaType.APPLICATION_JSON_VALUE)
            byte[] ask(@PathVariable String session, @RequestBody AskedQuestion asked) throws Exception {
                return answering.answer(session, asked.question());
            }

            @GetMapping("/readyz")
            String ready() {
                return "ready";
            }
        }
    }
}
