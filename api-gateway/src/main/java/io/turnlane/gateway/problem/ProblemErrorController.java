package io.turnlane.gateway.problem;

import io.swagger.v3.oas.annotations.Hidden;
import io.turnlane.model.ErrorCode;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Returns a problem for errors outside of controllers, which the servlet container forwards to this controller. They
 * occur in filters, in WebSocket handshakes, and when the container rejects a request.
 */
@Hidden
@RestController
final class ProblemErrorController implements ErrorController {

    @RequestMapping("${spring.web.error.path:/error}")
    ResponseEntity<ProblemDetail> error(HttpServletRequest request) {
        Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        // A direct call of this path has no status attribute and gets 404.
        ErrorCode code = status instanceof Integer number ? Problem.codeForStatus(number) : ErrorCode.NOT_FOUND;
        Object path = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
        return ResponseEntity.status(code.httpStatus())
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(Problem.withInstance(
                        path instanceof String uri ? uri : request.getRequestURI(),
                        Problem.of(code, code.title(), null)));
    }
}
