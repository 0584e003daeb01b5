package io.jotgate.testing;

import io.jotgate.JwtValidator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests of JUnit 5 an issuer, a validator of its policy, or a server, as parameters.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final JwtTestIssuerExtension ISSUER = JwtTestIssuerExtension.of(() -> JwtTestIssuer.ofPolicy(Path.of("policy.yaml")));
 *
 * @Test
 * void strangersSeeNothing(JwtTestIssuer issuer, JwtValidator validator) { … }
 * }</pre>
 *
 * <p>The issuer's key is made once for many tests; what a test breaks is whole in the next, and after a rotation the next test
 * has another issuer. Validators and servers end with their test. Tests that run at once and break keys want an issuer each.
 */
public final class JwtTestIssuerExtension implements ParameterResolver, AfterEachCallback {
    private final Callable<JwtTestIssuer> make;
    private @Nullable JwtTestIssuer issuer;

    private JwtTestIssuerExtension(Callable<JwtTestIssuer> make) {
        this.make = make;
    }

    /** Makes an issuer when a test first asks for it. */
    public static JwtTestIssuerExtension of(Callable<JwtTestIssuer> make) {
        return new JwtTestIssuerExtension(make);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
        return TYPES.contains(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
        Class<?> type = parameter.getParameter().getType();
        try {
            if (type == JwtValidator.class) {
                return untilItsEnd(test, issuer().validator());
            }
            return type == TestServer.class ? untilItsEnd(test, issuer().serve()) : issuer();
        } catch (Exception problem) {
            throw new ParameterResolutionException("there is no " + type.getSimpleName() + ": " + problem.getMessage(), problem);
        }
    }

    @Override
    public void afterEach(ExtensionContext test) throws Exception {
        for (AutoCloseable opened : opened(test)) {
            opened.close();
        }
        whole();
    }

    private synchronized JwtTestIssuer issuer() throws Exception {
        if (issuer == null) {
            issuer = make.call();
        }
        return issuer;
    }

    private synchronized void whole() {
        if (issuer != null && issuer.hasChanged()) {
            issuer = null;
        } else if (issuer != null) {
            issuer.mend();
        }
    }

    private <T extends AutoCloseable> T untilItsEnd(ExtensionContext test, T opened) {
        opened(test).add(opened);
        return opened;
    }

    private List<AutoCloseable> opened(ExtensionContext test) {
        ExtensionContext.Store store = test.getStore(ExtensionContext.Namespace.create(this));
        return store.getOrComputeIfAbsent(Opened.class, key -> new Opened(), Opened.class).list;
    }

    private static final class Opened {
        private final List<AutoCloseable> list = new ArrayList<>();
    }

    private static final List<Class<?>> TYPES = List.of(JwtTestIssuer.class, JwtValidator.class, TestServer.class);
}
