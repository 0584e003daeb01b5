package io.jotgate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class PoliciesTest {
    private static final String YAML = """
            version: 1
            issuers:
              - issuer: https://idp.test/
                audience: any
                keys:
                  jwks_uri: https://idp.test/jwks
            """;
    private static final String TOML = """
            version = 1
            [[issuers]]
            issuer = "https://idp.test/"
            audience = "any"
            keys = { jwks_uri = "https://idp.test/jwks" }
            """;

    @TempDir
    Path folder;

    @Test
    void policiesAreReadInAllFormats() throws Exception {
        String json = Policies.policyJson(YAML, Policies.Format.YAML);
        Map<String, String> files = Map.of("a.yaml", YAML, "b.YML", YAML, "c.toml", TOML, "d.json", json);
        for (Map.Entry<String, String> file : files.entrySet()) {
            Path path = Files.writeString(folder.resolve(file.getKey()), file.getValue());
            JwtValidator.fromPolicy(Policies.policyJson(path)).close();
        }
        assertThrows(PolicyException.class, () -> Policies.policyJson(folder.resolve("policy.ini")));
        assertThrows(NoSuchFileException.class, () -> Policies.policyJson(folder.resolve("none.json")));
        Path latin = Files.write(folder.resolve("e.yaml"), new byte[] {(byte) 0xff});
        assertEquals("line 1, column 1",
                assertThrows(PolicyException.class, () -> Policies.policyJson(latin)).path());
        PolicyException twice = assertThrows(PolicyException.class,
                () -> Policies.policyJson("a: 1\na: 2\n", Policies.Format.YAML));
        assertFalse(twice.path().isEmpty());
    }

    @Test
    void halfOfASurrogatePairIsToldWithItsPlace() {
        String document = "{\"version\":1,\"issuers\":[{\"issuer\":\"https://idp.test/\",\"audience\":[\"a\",\"b\ud800\"]}]}";
        Map<String, Executable> made = Map.of(
                "fromPolicy", () -> JwtValidator.fromPolicy(document).close(),
                "policyJson", () -> Policies.policyJson(document, Policies.Format.JSON),
                "lint", () -> Policies.lint(document),
                "builder", () -> JwtValidator.builder().policy(new PolicyDocument().issuers(new IssuerPolicy()
                        .issuer("https://idp.test/").audience("a", "b\ud800"))).build().close());
        made.forEach((name, call) -> {
            PolicyException problem = assertThrows(PolicyException.class, call, name);
            assertEquals("issuers[0].audience[1]", problem.path(), name);
            assertTrue(problem.getMessage().contains("half of a surrogate pair"), problem.toString());
            assertTrue(problem.hint() != null, name);
        });
        assertEquals("line 1, column 4", assertThrows(PolicyException.class,
                () -> Policies.policyJson("a: \udc00", Policies.Format.YAML)).path());
        assertEquals("scopes[0]",
                assertThrows(PolicyException.class, () -> JwtRequirement.scopes("\ud83d")).path());
        assertEquals("scopes[0]",
                assertThrows(PolicyException.class, () -> JwtRequirement.scopes("\ud83d\ude00")).path());
    }

    @Test
    void policiesOfGatewaysAreImported() {
        Import wso2 = Policies.importPolicy("wso2", """
                [[apim.jwt.issuer]]
                name = "https://idp.test/"
                jwks.url = "https://idp.test/jwks"
                """);
        assertTrue(wso2.complete(), wso2.toString());
        assertFalse(wso2.notes().isEmpty());
        JwtValidator.builder().policy(wso2.policy()).clientLookup((client, jwt) -> true).build().close();
        PolicyException problem = assertThrows(PolicyException.class, () -> Policies.importPolicy("mulesoft", "a: 1"));
        assertFalse(problem.getMessage().isEmpty());
        assertThrows(IllegalArgumentException.class, () -> Policies.importPolicy("kong", "a: 1"));
    }

    @Test
    void anImportTakesTheFilesThatItNames() {
        Import wso2 = Policies.importPolicy("wso2", """
                [truststore]
                file_name = "a.jks"
                [[apim.jwt.issuer]]
                name = "https://idp.test/"
                """, Map.of("b/a.jks", new byte[] {1, 2, 3}));
        assertTrue(wso2.policy().contains("AQID"), wso2.policy());
    }

    @Test
    void theSchemaKnowsThePolicy() {
        JsonObject schema = JsonParser.parseString(Policies.schema()).getAsJsonObject();
        assertTrue(schema.get("$schema").getAsString().contains("2020-12"));
        assertTrue(schema.getAsJsonObject("properties").has("issuers"));
    }

    @Test
    void lintWarnsOfWaivers() {
        List<Policies.Warning> warnings = Policies.lint(Policies.policyJson(YAML, Policies.Format.YAML));
        assertTrue(warnings.stream().anyMatch(warning -> warning.path().equals("issuers[0].audience")), warnings.toString());
        warnings.forEach(warning -> assertFalse(warning.code().isEmpty() || warning.message().isEmpty()));
        PolicyException problem = assertThrows(PolicyException.class, () -> Policies.lint("{\"version\":1}"));
        assertEquals("issuers", problem.path());
    }
}
