package io.jotgate.support;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/** Keys as text, read by what the JDK has. */
public final class PublicKeys {
    private static final Pattern BLOCK = Pattern.compile("-----BEGIN [^-]+-----(.*?)-----END", Pattern.DOTALL);
    private static final List<String> TYPES = List.of("RSA", "EC", "Ed25519");

    private PublicKeys() {}

    /** The keys of PEM blocks, or of base64 alone; line breaks may be written as escapes. */
    public static List<PublicKey> fromText(String text) {
        String lines = text.replace("\\r", "").replace("\\n", "\n");
        List<String> blocks = BLOCK.matcher(lines).results().map(block -> block.group(1)).toList();
        return (blocks.isEmpty() ? List.of(lines) : blocks).stream()
                .map(block -> fromDer(Base64.getMimeDecoder().decode(block))).filter(Objects::nonNull).toList();
    }

    private static PublicKey fromDer(byte[] der) {
        try {
            return CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der)).getPublicKey();
        } catch (GeneralSecurityException noCertificate) {
            PublicKey key = fromKeyInfo(der);
            return key == null ? fromKeyInfo(keyInfoOfRsa(der)) : key;
        }
    }

    private static PublicKey fromKeyInfo(byte[] der) {
        for (String type : TYPES) {
            try {
                return KeyFactory.getInstance(type).generatePublic(new X509EncodedKeySpec(der));
            } catch (GeneralSecurityException another) {
                continue;
            }
        }
        return null;
    }

    /** Puts a PKCS #1 key of 2048 bits or more, for which the lengths below hold, into a SubjectPublicKeyInfo. */
    private static byte[] keyInfoOfRsa(byte[] pkcs1) {
        HexFormat hex = HexFormat.of();
        String bits = "0382" + hex.toHexDigits((short) (pkcs1.length + 1)) + "00" + hex.formatHex(pkcs1);
        String body = "300d06092a864886f70d0101010500" + bits;
        return hex.parseHex("3082" + hex.toHexDigits((short) (body.length() / 2)) + body);
    }
}
