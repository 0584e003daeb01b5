package io.jotgate.spring.boot;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import org.springframework.context.ApplicationContext;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.oauth2.server.resource.OAuth2ResourceServerConfigurer;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;
import org.springframework.security.web.access.intercept.AuthorizationFilter;

/**
 * Puts the policy into every chain that has an {@code oauth2ResourceServer}, without a word from the application: whatever a chain
 * says of {@code jwt()}, the routes of the policy hold, and its refusals are answered as it says.
 *
 * <p>A chain whose tokens are others, such as opaque ones, leaves it out: {@code http.with(new JotgateHttpConfigurer(),
 * JotgateHttpConfigurer::disable)}.
 */
public final class JotgateHttpConfigurer extends AbstractHttpConfigurer<JotgateHttpConfigurer, HttpSecurity> {
    @Override
    @SuppressWarnings("unchecked") // The class of a generic type has no parameters.
    public void configure(HttpSecurity http) {
        ApplicationContext context = http.getSharedObject(ApplicationContext.class);
        Judge judge = context.getBeanProvider(Judge.class).getIfAvailable();
        // A test may have put another decoder in the place of ours, which then has the word.
        boolean decides = context.getBeanProvider(JwtDecoder.class).getIfUnique() instanceof JotgateJwtDecoder;
        if (judge != null && decides && http.getConfigurer(OAuth2ResourceServerConfigurer.class) != null) {
            http.addFilterBefore(new PolicyFilter(judge), BearerTokenAuthenticationFilter.class);
            http.addFilterAfter(JotgateHttpConfigurer::leaveToApplication, AuthorizationFilter.class);
        }
    }

    /** Behind the chain the application may decode whatever tokens it has. */
    private static void leaveToApplication(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Judged before = Judged.putOnThisThread(null);
        try {
            chain.doFilter(request, response);
        } finally {
            Judged.putOnThisThread(before);
        }
    }
}
