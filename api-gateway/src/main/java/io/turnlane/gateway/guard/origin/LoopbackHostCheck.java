package io.turnlane.gateway.guard.origin;

import io.turnlane.gateway.problem.Problem;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.address.LoopbackHost;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.ServletServerHttpResponse;
import tools.jackson.databind.json.JsonMapper;

/**
 * Rejects calls whose {@code Host} header does not name this machine. This prevents DNS rebinding. A gateway without
 * authentication is reachable only from this machine, but a browser on this machine also runs pages of other sites. The
 * owner of such a site can change the site's DNS entry to the address of this machine. The page's calls then reach the
 * gateway, but their {@code Host} header still has the name of the site. {@link LoopbackHost} decides which names are
 * allowed.
 *
 * @param enabled false if every host is allowed
 */
public record LoopbackHostCheck(boolean enabled, JsonMapper json) {

    /** Returns true if the call may continue. Otherwise this method has written a problem to the response. */
    public boolean admits(HttpServletRequest request, HttpServletResponse response) throws IOException {
        // This check does not use getServerName(), whose value can come from X-Forwarded-Host. A page can set that
        // header, but not Host.
        String host = request.getHeader(HttpHeaders.HOST);
        boolean admitted = !enabled || host == null || LoopbackHost.matches(host); // browsers send a Host header
        if (!admitted) {
            reject(request, response);
        }
        return admitted;
    }

    private void reject(HttpServletRequest request, HttpServletResponse response) throws IOException {
        ProblemDetailException rejection = new ProblemDetailException(
                ErrorCode.FORBIDDEN,
                "Without authentication, this gateway serves only localhost and loopback addresses. Behind a proxy "
                        + "that authenticates callers, set "
                        + "turnlane.security.let-in-anybody-who-reaches-this-gateway to true.");
        Problem.write(rejection, request.getRequestURI(), new ServletServerHttpResponse(response), json);
    }
}
