package io.turnlane.gateway.guard.caller;

import io.turnlane.model.Scope;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

/**
 * Resolves {@link Caller} and {@link Operator} parameters of controllers. Only this class decides which callers are
 * operators. If authentication is disabled, every caller is an operator, but the gateway by default accepts only
 * callers on its own machine.
 */
public record CallerResolver(Callers callers) implements HandlerMethodArgumentResolver {

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return parameter.getParameterType() == Caller.class || parameter.getParameterType() == Operator.class;
    }

    @Override
    public Object resolveArgument(
            MethodParameter parameter,
            @Nullable ModelAndViewContainer container,
            NativeWebRequest request,
            @Nullable WebDataBinderFactory binderFactory) {
        Caller caller = callers.callerOf(request.getUserPrincipal());
        if (parameter.getParameterType() == Caller.class) {
            return caller;
        }
        caller.require(Scope.OPS);
        return new Operator(caller);
    }
}
