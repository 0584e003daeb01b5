package io.jotgate.testing.spring;

import io.jotgate.Code;
import io.jotgate.testing.Bad;
import io.jotgate.testing.JwtTestIssuer;
import io.jotgate.testing.TestToken;
import java.util.function.Consumer;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.test.web.servlet.request.RequestPostProcessor;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.context.support.WebApplicationContextUtils;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * Tokens in the requests of MockMvc, for tests with {@link AutoConfigureJwtTestIssuer}. The application's policy judges them.
 *
 * <pre>{@code
 * mvc.perform(get("/orders").with(bearer(it -> it.subject("alice").scopes("orders:read")))).andExpect(status().isOk());
 * mvc.perform(get("/orders").with(bad(Code.EXPIRED))).andExpect(status().isUnauthorized());
 * }</pre>
 */
public final class JwtRequestPostProcessors {
    private JwtRequestPostProcessors() {}

    /** A token that is good under the policy. */
    public static RequestPostProcessor bearer() {
        return bearer(token -> {});
    }

    /** A token that is good under the policy, but for what is said. */
    public static RequestPostProcessor bearer(Consumer<TestToken> said) {
        return request -> {
            request.addHeader("Authorization", issuer(request).bearer(said));
            return request;
        };
    }

    /** What the policy refuses with this code; see {@link #bad(Code, Consumer)}. */
    public static RequestPostProcessor bad(Code code) {
        return bad(code, token -> {});
    }

    /**
     * What the policy refuses with this code, in the place where the policy looks for a token: see {@link JwtTestIssuer#bad}.
     *
     * @throws IllegalArgumentException when the request is made: the policy does not know the code for this method and path
     */
    public static RequestPostProcessor bad(Code code, Consumer<TestToken> said) {
        return request -> {
            Consumer<TestToken> here = it -> it.in(request.getMethod(), request.getRequestURI());
            Bad bad = issuer(request).bad(code, here.andThen(said));
            bad.headers().forEach((name, values) -> values.forEach(value -> request.addHeader(name, value)));
            String query = bad.request().query();
            if (!query.isEmpty()) {
                String before = request.getQueryString();
                request.setQueryString(before == null ? query : before + "&" + query);
                UriComponentsBuilder.newInstance().query(query).build().getQueryParams()
                        .forEach((name, values) -> values.forEach(value -> request.addParameter(name, value)));
            }
            return request;
        };
    }

    private static JwtTestIssuer issuer(MockHttpServletRequest request) {
        WebApplicationContext context =
                WebApplicationContextUtils.getRequiredWebApplicationContext(request.getServletContext());
        try {
            return context.getBean(JwtTestIssuer.class);
        } catch (NoSuchBeanDefinitionException absent) {
            throw new IllegalStateException("the test has no issuer; annotate its class with @AutoConfigureJwtTestIssuer", absent);
        }
    }
}
