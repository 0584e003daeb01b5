import io.jotgate.Code;
import io.jotgate.InvalidTokenException;
import io.jotgate.JwtRequest;
import io.jotgate.JwtValidator;
import io.jotgate.VerifiedJwt;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Uses the JAR with nothing of the source tree in reach. */
public class Use {
    private static final String SECRET = "a secret of at least 32 bytes, which nobody knows";

    public static void main(String[] arguments) throws Exception {
        try (JwtValidator validator = JwtValidator.fromPolicy("""
                { "version": 1,
                  "issuers": [ { "issuer": "https://idp.example.com/", "audience": "orders",
                                 "keys": { "secret": { "text": "%s" } } } ],
                  "routes": [ { "path": "/health", "skip": true } ] }
                """.formatted(SECRET))) {
            VerifiedJwt jwt = validator.validate(signed(4_000_000_000L));
            Optional<VerifiedJwt> skipped = validator.validateRequest(new JwtRequest("GET", "/health", "", Map.of()));
            System.out.println(jwt.subject() + ", " + refusal(validator) + ", " + (skipped.isEmpty() ? "skipped" : "not skipped"));
        }
    }

    private static Code refusal(JwtValidator validator) throws Exception {
        try {
            validator.validate(signed(1));
        } catch (InvalidTokenException problem) {
            return problem.code();
        }
        throw new IllegalStateException("an expired token was accepted");
    }

    private static String signed(long expiry) throws Exception {
        String input = base64url("{\"alg\":\"HS256\"}") + "." + base64url(
                "{\"iss\":\"https://idp.example.com/\",\"aud\":\"orders\",\"sub\":\"alice\",\"exp\":" + expiry + "}");
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        byte[] signature = mac.doFinal(input.getBytes(StandardCharsets.US_ASCII));
        return input + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
    }

    private static String base64url(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
