package io.turnlane.gateway.guard.access;

import io.turnlane.gateway.guard.caller.Callers;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.ErrorCode;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Type;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.RequestBodyAdviceAdapter;

/**
 * Checks the credentials of a caller again after the body of the call has arrived. A large body can take so long that
 * the key is revoked or the token expires in the meantime.
 */
@RestControllerAdvice
final class UploadCredentialCheck extends RequestBodyAdviceAdapter {

    private final HttpServletRequest current;
    private final Callers callers;
    private final CredentialValidity validity;

    /** @param current proxy of the request that the calling thread handles */
    UploadCredentialCheck(HttpServletRequest current, Callers callers, CredentialValidity validity) {
        this.current = current;
        this.callers = callers;
        this.validity = validity;
    }

    @Override
    public boolean supports(
            MethodParameter parameter, Type target, Class<? extends HttpMessageConverter<?>> converter) {
        return true;
    }

    /** @throws ProblemDetailException with code {@code unauthorized} if the credentials are no longer valid */
    @Override
    public Object afterBodyRead(
            Object body,
            HttpInputMessage message,
            MethodParameter parameter,
            Type target,
            Class<? extends HttpMessageConverter<?>> converter) {
        if (!validity.isValid(callers.callerOf(current.getUserPrincipal()))) {
            throw new ProblemDetailException(
                    ErrorCode.UNAUTHORIZED, "The API key or token became invalid while the body was received.");
        }
        return body;
    }
}
