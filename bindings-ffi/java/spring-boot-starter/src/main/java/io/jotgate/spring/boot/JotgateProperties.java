package io.jotgate.spring.boot;

import io.jotgate.JwtValidator;
import io.jotgate.JwtValidatorBuilder;
import io.jotgate.Policies;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.MutuallyExclusiveConfigurationPropertiesException;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;

/**
 * Which tokens may pass: the place of a policy document, or an issuer and the audience of its tokens.
 *
 * @param policy {@code classpath:policy.yaml}, {@code file:/etc/orders/policy.yaml} or the path of a file; its name ends in
 *     {@code .json}, {@code .yaml}, {@code .yml} or {@code .toml}
 * @param issuer the names of the issuer, in place of a policy
 * @param audience the audiences, of which a token must have one
 * @param jwksUri where the issuer publishes its keys, where it publishes no metadata
 */
@ConfigurationProperties("jotgate")
public record JotgateProperties(
        @Nullable String policy, @Nullable List<String> issuer, @Nullable List<String> audience, @Nullable List<String> jwksUri) {
    /** The options of a validator that goes by these properties. */
    JwtValidatorBuilder builder(ResourceLoader resources) throws IOException {
        Map<String, Object> written = new LinkedHashMap<>();
        written.put("jotgate.policy", policy);
        written.put("jotgate.issuer", issuer);
        MutuallyExclusiveConfigurationPropertiesException.throwIfMultipleNonNullValuesIn(entries -> entries.putAll(written));
        if (policy != null) {
            return ofPolicy(resources.getResource(policy));
        }
        if (issuer == null || issuer.isEmpty()) {
            throw missing("jotgate.issuer", "nothing says which tokens may pass; set jotgate.issuer and jotgate.audience, or"
                    + " jotgate.policy, such as classpath:policy.yaml");
        }
        if (audience == null || audience.isEmpty()) {
            throw missing("jotgate.audience", "expected the audience that the issuer's tokens for this service have; taking tokens"
                    + " for every audience is for a policy document to say");
        }
        JwtValidatorBuilder builder = JwtValidator.builder().issuer(texts(issuer)).audience(texts(audience));
        return jwksUri == null || jwksUri.isEmpty() ? builder : builder.jwksUri(texts(jwksUri));
    }

    private JwtValidatorBuilder ofPolicy(Resource resource) throws IOException {
        if (!resource.exists() && Files.exists(Path.of(policy))) {
            return JwtValidator.builder().policy(Path.of(policy));
        }
        if (!resource.exists()) {
            throw missing("jotgate.policy", "there is no " + policy + "; a place within the application begins with classpath:");
        }
        // One within a JAR is no file, and knows no folder that paths in it could start at.
        return resource.isFile() ? JwtValidator.builder().policy(resource.getFile().toPath())
                : JwtValidator.builder().policy(
                        resource.getContentAsString(StandardCharsets.UTF_8), Policies.Format.of(resource.getFilename()));
    }

    private static InvalidConfigurationPropertyValueException missing(String property, String reason) {
        return new InvalidConfigurationPropertyValueException(property, null, reason);
    }

    private static String[] texts(List<String> texts) {
        return texts.toArray(String[]::new);
    }
}
