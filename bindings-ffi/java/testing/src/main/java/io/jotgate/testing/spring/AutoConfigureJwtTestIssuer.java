package io.jotgate.testing.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.context.annotation.Import;

/**
 * Puts the keys of an {@link io.jotgate.testing.JwtTestIssuer} into the policy of the application, in place of those that would
 * be fetched, and makes the issuer a bean. All else in the policy is as it ships.
 *
 * <p>It changes the bean {@link io.jotgate.JwtValidatorBuilder}, which {@code jotgate-spring-boot-starter} makes of the properties,
 * or the application itself.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@Import(JwtTestIssuerConfiguration.class)
public @interface AutoConfigureJwtTestIssuer {}
