package io.jotgate.servlet;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.security.Principal;

/** A request whose user is the token's subject. */
final class VerifiedRequest extends HttpServletRequestWrapper {
    private record Subject(String getName) implements Principal {}

    private final Principal subject;

    VerifiedRequest(HttpServletRequest request, String subject) {
        super(request);
        this.subject = new Subject(subject);
    }

    @Override
    public Principal getUserPrincipal() {
        return subject;
    }

    @Override
    public String getRemoteUser() {
        return subject.getName();
    }

    @Override
    public String getAuthType() {
        return "Bearer";
    }
}
