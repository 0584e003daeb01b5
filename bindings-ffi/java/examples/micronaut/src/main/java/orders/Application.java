package orders;

import io.jotgate.JwtValidator;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import io.micronaut.context.annotation.Value;
import io.micronaut.runtime.Micronaut;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Path;

/** A protected service; the file that {@code orders.policy} names says which requests need what. */
@Factory
public class Application {
    public static void main(String[] arguments) {
        Micronaut.run(Application.class, arguments);
    }

    /** A test may bring its own. */
    @Singleton
    @Bean(preDestroy = "close")
    @Requires(missingBeans = JwtValidator.class)
    JwtValidator validator(@Value("${orders.policy:policy.yaml}") Path policy) throws IOException {
        return JwtValidator.fromPolicy(policy);
    }
}
