import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import io.jotgate.JwtValidator;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;

/** {@code Start CONTENDER CONFIG}: from nothing to the first verdict, and 10,000 further ones if it is told to. */
public final class Start {
    private Start() {
    }

    public static void main(String[] arguments) throws Exception {
        JsonObject config = JsonParser.parseString(Files.readString(Path.of(arguments[1]))).getAsJsonObject();
        String expected = config.get("subject").getAsString();
        Callable<String> subject = switch (arguments[0]) {
            case "jotgate" -> Jotgate.subject(config);
            case "nimbus-jose-jwt" -> Nimbus.subject(config);
            default -> () -> expected;
        };
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        if (ready(lines, subject, expected)) {
            for (int count = 0; count < 10_000; count++) {
                subject.call();
            }
            ready(lines, subject, expected);
        }
        System.exit(0);
    }

    /** Says that it is there, once it has read the claims of a token; whether anybody wants more. */
    private static boolean ready(BufferedReader lines, Callable<String> subject, String expected) throws Exception {
        if (!subject.call().equals(expected)) {
            throw new IOException("another verdict");
        }
        System.out.println("ready");
        return lines.readLine() != null;
    }

    /** Classes of their own, so that nobody loads the other one's library. */
    private static final class Jotgate {
        static Callable<String> subject(JsonObject config) {
            JwtValidator validator = JwtValidator.fromPolicy(config.get("policy").toString());
            String token = config.get("token").getAsString();
            return () -> validator.validate(token).subject();
        }
    }

    private static final class Nimbus {
        static Callable<String> subject(JsonObject config) throws Exception {
            DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
            JWKSet keys = JWKSet.parse(config.get("jwks").toString());
            processor.setJWSKeySelector(
                    new JWSVerificationKeySelector<>(JWSAlgorithm.RS256, new ImmutableJWKSet<>(keys)));
            JWTClaimsSet exact = new JWTClaimsSet.Builder().issuer(config.get("issuer").getAsString()).build();
            processor.setJWTClaimsSetVerifier(new DefaultJWTClaimsVerifier<>(
                    config.get("audience").getAsString(), exact, Set.of("exp")));
            String token = config.get("token").getAsString();
            return () -> processor.process(token, null).getSubject();
        }
    }
}
