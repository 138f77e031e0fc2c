package io.turnlane.gateway.problem;

import io.turnlane.model.ErrorCode;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/**
 * Converts every exception that a controller throws to a problem. Internal details are logged and not sent to the
 * client.
 */
@RestControllerAdvice
final class ProblemAdvice extends ResponseEntityExceptionHandler {

    private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);

    private final ProblemMapper mapper;

    ProblemAdvice(ProblemMapper mapper) {
        this.mapper = mapper;
    }

    @ExceptionHandler
    @Nullable
    ResponseEntity<ProblemDetail> onDisconnect(IOException disconnected) {
        // The client has disconnected and reads no response.
        LOG.debug("client disconnected: {}", disconnected.toString());
        return null;
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> onException(Exception thrown) {
        return respond(mapper.map(thrown));
    }

    @Override
    protected ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        ProblemDetailException rejection = e.getMostSpecificCause() instanceof BodyTooLargeException tooLarge
                ? new ProblemDetailException(ErrorCode.REQUEST_TOO_LARGE, tooLarge.getMessage())
                : ProblemDetailException.invalid(JsonErrors.explain(e.getCause()));
        return asObject(respond(rejection));
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleExceptionInternal(
            Exception e, @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        ErrorCode code = Problem.codeForStatus(status.value());
        if (status.is5xxServerError()) {
            LOG.atError().setCause(e).log("call failed");
        }
        ProblemDetail problem = Problem.of(code, detail(e, code), null);
        HttpHeaders all = new HttpHeaders(headers);
        Problem.retryAfter(code).ifPresent(seconds -> all.set(HttpHeaders.RETRY_AFTER, seconds));
        all.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        return new ResponseEntity<>(problem, all, HttpStatus.valueOf(code.httpStatus()));
    }

    /** Returns the detail for the client. The detail contains no value from the URL or the body of the request. */
    private static String detail(Exception e, ErrorCode code) {
        return switch (e) {
            case HttpRequestMethodNotSupportedException method ->
                method.getMethod() + " is not supported for this path.";
            case HttpMediaTypeNotSupportedException _ ->
                "The content type is not supported. Send Content-Type: application/json.";
            case MethodArgumentTypeMismatchException mismatch -> mismatched(mismatch);
            default -> code == ErrorCode.NOT_FOUND ? "There is no resource at this path." : code.title();
        };
    }

    private static String mismatched(MethodArgumentTypeMismatchException mismatch) {
        Throwable cause = mismatch.getMostSpecificCause();
        // Messages of this project's id types are written for clients. Messages of Spring's converters are not used,
        // because they name Java classes.
        boolean own = cause instanceof IllegalArgumentException && !(cause instanceof NumberFormatException);
        String message = cause.getMessage();
        return own && message != null ? message : mismatch.getName() + " has the wrong format.";
    }

    private static ResponseEntity<ProblemDetail> respond(ProblemDetailException rejection) {
        ResponseEntity.BodyBuilder response =
                ResponseEntity.status(rejection.code().httpStatus());
        Problem.retryAfter(rejection).ifPresent(seconds -> response.header(HttpHeaders.RETRY_AFTER, seconds));
        if (rejection.code() == ErrorCode.UNAUTHORIZED) {
            response.header(HttpHeaders.WWW_AUTHENTICATE, Problem.INVALID_CREDENTIALS);
        }
        if (rejection.requestId() != null) {
            response.header("X-Request-Id", rejection.requestId().toString());
        }
        return response.contentType(MediaType.APPLICATION_PROBLEM_JSON).body(Problem.of(rejection));
    }

    private static ResponseEntity<Object> asObject(ResponseEntity<ProblemDetail> response) {
        return new ResponseEntity<>(response.getBody(), response.getHeaders(), response.getStatusCode());
    }
}
