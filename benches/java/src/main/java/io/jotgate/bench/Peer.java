package io.jotgate.bench;

import com.google.gson.JsonObject;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** A library that jotgate is compared with, as its documentation has it, with its key parsed beforehand. */
interface Peer {
    String name();

    String version();

    /** The subject of a token; null when the library refuses it. */
    String subject(String token);

    /** Those that can verify the row's algorithm. */
    static List<Peer> of(JsonObject file, Row row) throws Exception {
        String issuer = file.get("issuer").getAsString();
        String audience = file.get("audience").getAsString();
        List<Peer> peers = new ArrayList<>();
        peers.add(new Nimbus(issuer, audience, row.algorithm(), row.json().getAsJsonObject("jwk")));
        if (JavaJwt.knows(row.algorithm())) {
            peers.add(new JavaJwt(issuer, audience, row));
        }
        peers.add(new Jjwt(issuer, audience, row));
        return peers;
    }

    /** The JDK's own form of the row's public key. */
    static PublicKey publicKey(Row row) throws GeneralSecurityException {
        String pem = row.text("pem").replaceAll("-----[A-Z ]+-----|\\s", "");
        String type = switch (row.algorithm().substring(0, 2)) {
            case "RS", "PS" -> "RSA";
            case "ES" -> "EC";
            default -> "Ed25519";
        };
        return KeyFactory.getInstance(type).generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(pem)));
    }

    static byte[] secret(Row row) {
        return Base64.getUrlDecoder().decode(row.json().getAsJsonObject("jwk").get("k").getAsString());
    }
}
