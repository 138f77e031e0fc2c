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

/** Every exception that leaves a controller becomes a problem; what is ours stays in the log. */
@RestControllerAdvice
final class ProblemAdvice extends ResponseEntityExceptionHandler {

    private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);

    private final ProblemMapper refusals;

    ProblemAdvice(ProblemMapper refusals) {
        this.refusals = refusals;
    }

    @ExceptionHandler
    @Nullable
    ResponseEntity<ProblemDetail> clientGone(IOException gone) {
        // Nobody is left to read an answer.
        LOG.debug("client went away: {}", gone.toString());
        return null;
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> refused(Exception thrown) {
        return respond(refusals.map(thrown));
    }

    @Override
    protected ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        ProblemDetailException refusal = e.getMostSpecificCause() instanceof BodyTooLargeException tooLarge
                ? new ProblemDetailException(ErrorCode.REQUEST_TOO_LARGE, tooLarge.getMessage())
                : ProblemDetailException.invalid(JsonErrors.explain(e.getCause()));
        return asObject(respond(refusal));
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleExceptionInternal(
            Exception e, @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        ErrorCode code = Problem.codeForStatus(status.value());
        if (status.is5xxServerError()) {
            LOG.atError().setMessage("call failed").setCause(e).log();
        }
        ProblemDetail problem = Problem.of(code, detail(e, code), null);
        HttpHeaders all = new HttpHeaders(headers);
        Problem.retryAfter(code).ifPresent(seconds -> all.set(HttpHeaders.RETRY_AFTER, seconds));
        all.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        return new ResponseEntity<>(problem, all, HttpStatus.valueOf(code.httpStatus()));
    }

    /** What a client did, in words that quote nothing it sent. */
    private static String detail(Exception e, ErrorCode code) {
        return switch (e) {
            case HttpRequestMethodNotSupportedException method -> method.getMethod() + " is not served here";
            case HttpMediaTypeNotSupportedException _ -> "send Content-Type: application/json";
            case MethodArgumentTypeMismatchException mismatch -> mismatched(mismatch);
            default -> code == ErrorCode.NOT_FOUND ? "nothing is served at this path" : code.title();
        };
    }

    private static String mismatched(MethodArgumentTypeMismatchException mismatch) {
        Throwable cause = mismatch.getMostSpecificCause();
        // Our own ids say what is wrong with them; a converter's message would name classes.
        boolean ours = cause instanceof IllegalArgumentException && !(cause instanceof NumberFormatException);
        String message = cause.getMessage();
        return ours && message != null ? message : mismatch.getName() + " is not of the right form";
    }

    private static ResponseEntity<ProblemDetail> respond(ProblemDetailException refusal) {
        ResponseEntity.BodyBuilder response =
                ResponseEntity.status(refusal.code().httpStatus());
        Problem.retryAfter(refusal).ifPresent(seconds -> response.header(HttpHeaders.RETRY_AFTER, seconds));
        if (refusal.requestId() != null) {
            response.header("X-Request-Id", refusal.requestId().toString());
        }
        return response.contentType(MediaType.APPLICATION_PROBLEM_JSON).body(Problem.of(refusal));
    }

    private static ResponseEntity<Object> asObject(ResponseEntity<ProblemDetail> response) {
        return new ResponseEntity<>(response.getBody(), response.getHeaders(), response.getStatusCode());
    }
}
