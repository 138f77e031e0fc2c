package io.turnlane.processor.agent.tool;

import dev.langchain4j.agent.tool.Tool;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Tools of this processor. Immutable. */
public final class Toolbox {

    private final Map<String, ToolMethod> tools = new TreeMap<>();
    private final ToolLimits limits;

    /**
     * Creates a toolbox with all tools of these objects.
     *
     * @throws IllegalStateException if two tools have the same name, or if a method cannot be a tool
     */
    public Toolbox(Collection<? extends ToolMethods> objects, ToolLimits limits) {
        this.limits = limits;
        objects.forEach(this::addAll);
    }

    private void addAll(ToolMethods object) {
        for (Method method : object.getClass().getMethods()) {
            if (method.isAnnotationPresent(Tool.class) && !method.isBridge()) {
                ToolMethod tool = new ToolMethod(object, method);
                if (tools.putIfAbsent(tool.name(), tool) != null) {
                    throw new IllegalStateException("Two tools have the name " + tool.name() + ". Rename one of them.");
                }
            }
        }
    }

    /** Returns the names of all tools, sorted. */
    public List<String> names() {
        return List.copyOf(tools.keySet());
    }

    /**
     * Returns the tools that an agent may call.
     *
     * @throws IllegalArgumentException if this processor lacks one of the tools; the message names it
     */
    public AllowedTools allow(Collection<String> names) {
        Map<String, ToolMethod> allowed = new LinkedHashMap<>();
        for (String name : names) {
            ToolMethod tool = tools.get(name);
            if (tool == null) {
                throw new IllegalArgumentException(
                        "tools has the unknown name " + name + "; the tools are " + String.join(", ", tools.keySet()));
            }
            allowed.put(name, tool);
        }
        return new AllowedTools(allowed, limits);
    }
}
