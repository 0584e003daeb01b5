package io.jotgate.bench.spring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What {@code run.py} tells all servers. */
public record Config(String issuer, String audience, String jwksUri, String subject, String policy) {
    static Config read(Path path) throws IOException {
        JsonNode given = JsonMapper.shared().readTree(Files.readString(path));
        return new Config(given.get("issuer").asString(), given.get("audience").asString(),
                given.get("jwks_uri").asString(), given.get("subject").asString(), given.get("policy").toString());
    }
}
