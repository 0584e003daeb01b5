import io.jotgate.Code;
import io.jotgate.InvalidTokenException;
import io.jotgate.JwtValidator;
import io.jotgate.testing.Fault;
import io.jotgate.testing.JwtTestIssuer;
import io.jotgate.testing.TestServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Uses the JAR of the test kit, without JUnit. */
public class UseTesting {
    public static void main(String[] arguments) throws Exception {
        try (JwtTestIssuer issuer = JwtTestIssuer.builder().algorithm("ES256").build();
                TestServer server = issuer.serve();
                JwtValidator validator = JwtValidator.fromPolicy(server.policy())) {
            String subject = validator.validate(issuer.token(it -> it.subject("alice"))).subject();
            Code refused = null;
            try {
                validator.validate(issuer.bad(Code.EXPIRED).token());
            } catch (InvalidTokenException problem) {
                refused = problem.code();
            }
            issuer.breakKeys(Fault.GONE);
            HttpRequest get = HttpRequest.newBuilder(URI.create(server.url() + "/jwks")).build();
            String body = HttpClient.newHttpClient().send(get, HttpResponse.BodyHandlers.ofString()).body();
            System.out.println(subject + ", " + refused + ", " + body);
        }
    }
}
