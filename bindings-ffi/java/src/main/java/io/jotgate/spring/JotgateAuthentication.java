package io.jotgate.spring;

import io.jotgate.VerifiedJwt;
import java.util.Collection;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/**
 * Whom a verified token is about: the principal is the {@link VerifiedJwt}, the name its subject.
 *
 * <p>Every scope is an authority {@code SCOPE_…}, as Spring's own resource server has it: those of {@link VerifiedJwt#scopes()}.
 */
public final class JotgateAuthentication extends AbstractAuthenticationToken {
    private static final long serialVersionUID = 1L;

    private final transient VerifiedJwt jwt;

    JotgateAuthentication(VerifiedJwt jwt) {
        super(authorities(jwt));
        this.jwt = jwt;
        super.setAuthenticated(true);
    }

    /** The token. */
    @Override
    public VerifiedJwt getPrincipal() {
        return jwt;
    }

    /** Nothing: what was signed is not kept. */
    @Override
    public Object getCredentials() {
        return "";
    }

    /** The token's subject; empty when it has none. */
    @Override
    public String getName() {
        String subject = jwt.subject();
        return subject == null ? "" : subject;
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    private static Collection<GrantedAuthority> authorities(VerifiedJwt jwt) {
        return jwt.scopes().stream()
                .<GrantedAuthority>map(name -> new SimpleGrantedAuthority("SCOPE_" + name)).toList();
    }
}
