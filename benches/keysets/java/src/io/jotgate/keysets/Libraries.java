package io.jotgate.keysets;

import com.auth0.jwk.JwkProvider;
import com.auth0.jwk.JwkProviderBuilder;
import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import io.jotgate.JwtValidator;
import java.net.URI;
import java.net.URL;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.cache.caffeine.CaffeineCache;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;

/** The libraries, each with its defaults. */
final class Libraries {
    /** Throws when a token is not good. */
    interface Validate {
        void token(String token) throws Exception;
    }

    /** Makes a {@link Validate} with keys from a URL, which count as fresh for {@code freshness}; null for the default. */
    interface Maker {
        Validate make(Material given, String url, Duration freshness) throws Exception;
    }

    /** A library by its name, with a class of it that tells the version. */
    record Library(String name, Class<?> of, Maker maker) {}

    static final List<Library> ALL = List.of(
            new Library("jotgate", JwtValidator.class, Libraries::jotgate),
            new Library("Nimbus", JWKSourceBuilder.class, Libraries::nimbus),
            new Library("Spring Security", NimbusJwtDecoder.class, Libraries::spring),
            new Library("jwks-rsa", JwkProviderBuilder.class, Libraries::jwksRsa));

    private Libraries() {}

    private static Validate jotgate(Material given, String url, Duration freshness) {
        Map<String, Object> issuer = new LinkedHashMap<>(Map.of("issuer", given.issuer(), "audience", given.audience(),
                "algorithms", List.of("RS256"), "keys", Map.of("jwks_uri", url)));
        if (freshness != null) {
            issuer.put("jwks", Map.of("ttl", freshness.toSeconds(), "min_ttl", freshness.toSeconds()));
        }
        return JwtValidator.fromPolicy(Main.GSON.toJson(Map.of("version", 1, "issuers", List.of(issuer))))::validate;
    }

    private static Validate nimbus(Material given, String url, Duration freshness) throws Exception {
        JWKSourceBuilder<SecurityContext> builder = JWKSourceBuilder.create(address(url));
        if (freshness != null) {
            // Its other times must be shorter; by default they are a tenth of this one.
            long tenth = freshness.toMillis() / 10;
            builder.cache(freshness.toMillis(), tenth).refreshAheadCache(tenth, false).rateLimited(tenth);
        }
        JWKSource<SecurityContext> keys = builder.build();
        DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(JWSAlgorithm.RS256, keys));
        processor.setJWTClaimsSetVerifier(new DefaultJWTClaimsVerifier<>(given.audience(),
                new JWTClaimsSet.Builder().issuer(given.issuer()).build(), Set.of("exp")));
        return token -> processor.process(token, null);
    }

    private static Validate spring(Material given, String url, Duration freshness) {
        NimbusJwtDecoder.JwkSetUriJwtDecoderBuilder builder = NimbusJwtDecoder.withJwkSetUri(url);
        if (freshness != null) {
            builder.cache(new CaffeineCache("keys", Caffeine.newBuilder().expireAfterWrite(freshness).build()));
        }
        NimbusJwtDecoder decoder = builder.build();
        decoder.setJwtValidator(new DelegatingOAuth2TokenValidator<>(
                JwtValidators.createDefaultWithIssuer(given.issuer()),
                new JwtClaimValidator<List<String>>("aud", audience -> audience.contains(given.audience()))));
        return decoder::decode;
    }

    private static Validate jwksRsa(Material given, String url, Duration freshness) throws Exception {
        JwkProviderBuilder builder = new JwkProviderBuilder(address(url));
        JwkProvider provider = (freshness == null ? builder : builder.cached(5, freshness)).build();
        return token -> {
            RSAPublicKey key = (RSAPublicKey) provider.get(JWT.decode(token).getKeyId()).getPublicKey();
            JWT.require(Algorithm.RSA256(key, null)).withIssuer(given.issuer()).withAudience(given.audience()).build()
                    .verify(token);
        };
    }

    private static URL address(String url) throws Exception {
        return URI.create(url).toURL();
    }
}
