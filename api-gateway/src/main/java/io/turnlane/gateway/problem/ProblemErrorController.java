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

/** Where the servlet container sends errors that no controller saw: filters, handshakes, refused requests. */
@Hidden
@RestController
final class ProblemErrorController implements ErrorController {

    @RequestMapping("${spring.web.error.path:/error}")
    ResponseEntity<ProblemDetail> error(HttpServletRequest request) {
        Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        // Asked for directly it is a path like any other that isn't served.
        ErrorCode code = status instanceof Integer number ? Problem.codeForStatus(number) : ErrorCode.NOT_FOUND;
        Object path = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
        return ResponseEntity.status(code.httpStatus())
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(Problem.withInstance(
                        path instanceof String asked ? asked : request.getRequestURI(),
                        Problem.of(code, code.title(), null)));
    }
}
