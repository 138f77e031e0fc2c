package io.turnlane.standalone.run;

import io.turnlane.model.AgentDescription;
import io.turnlane.processor.agent.Agent;
import io.turnlane.processor.agent.AgentFactory;
import io.turnlane.processor.agent.Question;
import io.turnlane.processor.agent.tool.ToolMethods;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.jar.JarFile;
import java.util.zip.ZipException;
import org.springframework.beans.factory.DisposableBean;

/**
 * Loads agents that are not part of Turnlane from a jar or folder. Each path has a class loader of its own, so two
 * paths can use different versions of a library. Classes that Turnlane itself contains are taken from Turnlane.
 */
public final class AgentLibrary {

    private static final String PROVIDERS = "META-INF/services/" + AgentFactory.class.getName();

    private AgentLibrary() {}

    /**
     * Loads the factories and the tools that these paths name in {@code META-INF/services}. A path is a jar, a folder
     * that contains classes or jars, or a Maven project that has been built.
     *
     * @throws IllegalArgumentException if a path has neither an agent nor a tool, if one of them cannot be loaded, or
     *     if two agents have the same name; the message names the path and the remedy
     */
    public static OwnAgents load(Collection<Path> paths) {
        List<AgentFactory> all = new ArrayList<>();
        List<ToolMethods> tools = new ArrayList<>();
        paths.forEach(path -> load(path, all, tools));
        Set<String> names = new HashSet<>();
        for (AgentFactory factory : all) {
            String name = factory.description().name();
            if (!names.add(name)) {
                throw new IllegalArgumentException("two agents have the name " + name + ". Rename one of them.");
            }
        }
        return new OwnAgents(all, tools);
    }

    private static void load(Path path, List<AgentFactory> agents, List<ToolMethods> tools) {
        URLClassLoader loader =
                new URLClassLoader(classPath(path).toArray(URL[]::new), AgentFactory.class.getClassLoader());
        List<AgentFactory> foundAgents =
                services(path, loader, AgentFactory.class, factory -> new LoadedAgentFactory(factory, loader));
        List<ToolMethods> foundTools = services(path, loader, ToolMethods.class, Function.identity());
        if (foundAgents.isEmpty() && foundTools.isEmpty()) {
            throw new IllegalArgumentException(path + " has no agent. It needs the file " + PROVIDERS
                    + " with the name of its AgentFactory class.");
        }
        agents.addAll(foundAgents);
        tools.addAll(foundTools);
    }

    /** Creates the objects of a service. Their code is foreign, and may throw anything. */
    private static <S, T> List<T> services(Path path, ClassLoader loader, Class<S> service, Function<S, T> use) {
        try {
            return with(
                    loader,
                    () -> ServiceLoader.load(service, loader).stream()
                            .map(provider -> use.apply(provider.get()))
                            .toList());
        } catch (Exception | ServiceConfigurationError | LinkageError broken) {
            throw new IllegalArgumentException(path + " has an agent that cannot be loaded: " + reason(broken), broken);
        }
    }

    /** Calls foreign code with the context class loader through which its libraries find their services. */
    private static <T> T with(ClassLoader loader, Callable<T> code) throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return code.call();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static String reason(Throwable broken) {
        Throwable cause = broken.getCause();
        return broken.getMessage() + (cause == null ? "" : " (" + cause + ")");
    }

    private static List<URL> classPath(Path path) {
        try {
            if (Files.isRegularFile(path)) {
                return List.of(jar(path));
            }
            if (!Files.isDirectory(path)) {
                throw new IllegalArgumentException("there is no file or folder " + path + ".");
            }
            if (!Files.exists(path.resolve("pom.xml"))) {
                return classesAndJars(path, path);
            }
            Path classes = path.resolve("target/classes");
            if (!Files.isDirectory(classes)) {
                throw new IllegalArgumentException("the Maven project " + path
                        + " is not built. Run: mvn package dependency:copy-dependencies -DincludeScope=runtime");
            }
            return classesAndJars(classes, path.resolve("target/dependency"));
        } catch (IOException unreadable) {
            throw new IllegalArgumentException(path + " cannot be read: " + unreadable, unreadable);
        }
    }

    private static List<URL> classesAndJars(Path classes, Path jars) throws IOException {
        List<URL> all = new ArrayList<>(List.of(classes.toUri().toURL()));
        if (Files.isDirectory(jars)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(jars, "*.jar")) {
                List<Path> sorted = new ArrayList<>();
                files.forEach(sorted::add);
                Collections.sort(sorted); // the same class path on every machine
                for (Path file : sorted) {
                    all.add(jar(file));
                }
            }
        }
        return all;
    }

    private static URL jar(Path file) throws IOException {
        try (JarFile _ = new JarFile(file.toFile())) {
            return file.toUri().toURL();
        } catch (ZipException notAJar) {
            throw new IllegalArgumentException(file + " is not a jar file.", notAJar);
        }
    }

    /**
     * Factory from a library. Its agents run with the library's class loader as context class loader, because libraries
     * find their own services through it.
     */
    private static final class LoadedAgentFactory implements AgentFactory, DisposableBean {

        private final AgentFactory factory;
        private final ClassLoader loader;
        private final AgentDescription description;

        LoadedAgentFactory(AgentFactory factory, ClassLoader loader) {
            this.factory = factory;
            this.loader = loader;
            this.description = factory.description();
        }

        @Override
        public AgentDescription description() {
            return description;
        }

        @Override
        public Optional<Duration> timeout() {
            return factory.timeout();
        }

        @Override
        public boolean answersAtOnce(Question question) {
            return factory.answersAtOnce(question);
        }

        @Override
        public Agent create() {
            return (question, memory, sink) ->
                    with(loader, () -> factory.create().answer(question, memory, sink));
        }

        @Override
        public void destroy() throws Exception {
            if (factory instanceof AutoCloseable closeable) {
                with(loader, () -> {
                    closeable.close();
                    return factory;
                });
            }
        }
    }
}
