package io.turnlane.processor.agent.tool;

/**
 * Object whose public methods with LangChain4j's annotation {@code @Tool} are tools. An own agents' project registers
 * its class with {@link java.util.ServiceLoader}; an application with the processor declares it as a Spring bean.
 *
 * <p>The annotation {@code @P} describes a parameter and sets its name in JSON. Without it, the class must be compiled
 * with {@code -parameters}. Jackson converts the arguments to the types of the parameters. A method may return a text,
 * a {@link ToolResult} with tables and charts, or another value, which becomes JSON.
 *
 * <p>A method throws an {@link IllegalArgumentException} if it rejects a value. The caller, such as a model, receives
 * the message of this exception, but not of others.
 *
 * <p>Threading: each call has a virtual thread of its own, which is interrupted at the end of the time limit. Turns of
 * different users call the same object at the same time, so it must be thread-safe, and must not keep data of a call.
 * During a call, {@link io.turnlane.processor.agent.CurrentTurn} is the turn of the call.
 */
public interface ToolMethods {}
