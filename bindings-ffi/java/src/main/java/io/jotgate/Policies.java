package io.jotgate;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Policy documents as text. */
public final class Policies {
    /** How a policy document is written. */
    public enum Format {
        /** JSON without duplicate members. */
        JSON(Numbers.Format.JSON),
        /** YAML 1.2 without anchors, tags, and words that other versions of YAML read differently. */
        YAML(Numbers.Format.YAML),
        /** TOML 1.1 without dates and infinities. */
        TOML(Numbers.Format.TOML);

        private final int number;

        Format(int number) {
            this.number = number;
        }

        /**
         * What the name of a file tells: it ends in {@code .json}, {@code .yaml}, {@code .yml} or {@code .toml}.
         *
         * @throws PolicyException it does not tell the format
         */
        public static Format of(String name) {
            String lower = String.valueOf(name).toLowerCase(Locale.ROOT);
            if (lower.endsWith(".json")) {
                return JSON;
            } else if (lower.endsWith(".yaml") || lower.endsWith(".yml")) {
                return YAML;
            } else if (lower.endsWith(".toml")) {
                return TOML;
            }
            throw new PolicyException("", "the name of the file does not tell its format",
                    "name it .json, .yaml, .yml or .toml");
        }
    }

    /**
     * Something that a policy allows and that its author may not have meant.
     *
     * @param code stable
     * @param severity {@code high}, {@code medium} or {@code low}
     * @param path where it is, such as {@code issuers[0].audience}
     * @param message what it is; the wording may change
     * @param hint what to do
     */
    public record Warning(String code, String severity, String path, String message, String hint) {
        @SuppressWarnings("NullAway") // what the core tells has all members
        private static Warning of(Map<?, ?> warning) {
            return new Warning((String) warning.get("code"), (String) warning.get("severity"),
                    (String) warning.get("path"), (String) warning.get("message"), (String) warning.get("hint"));
        }
    }

    private Policies() {}

    /**
     * A policy document as the JSON text that {@link JwtValidator#fromPolicy} reads. What its fields mean is not looked at.
     *
     * @throws PolicyException the text cannot be read; the path is a line and a column
     */
    public static String policyJson(String text, Format format) {
        return policyJson(utf8(text), format);
    }

    private static String policyJson(byte[] octets, Format format) {
        NativeLibrary.load();
        return (String) only(Native.policyJson(octets, format.number));
    }

    /**
     * The policy document of a file as JSON text, with what it leaves to environment variables and files, whose paths start at
     * the folder of this file; the file's name ends in {@code .json}, {@code .yaml}, {@code .yml} or
     * {@code .toml}.
     *
     * @throws PolicyException the text cannot be read, or the name does not tell its format
     * @throws IOException the file cannot be read
     */
    public static String policyJson(Path file) throws IOException {
        return Source.of(file).document();
    }

    /** A policy document in JSON, and the text that it was read from. */
    record Source(String document, String text, Format format) {
        static Source of(Path file) throws IOException {
            Format format = Format.of(String.valueOf(file.getFileName()));
            byte[] octets = Files.readAllBytes(file);
            return of(octets, new String(octets, StandardCharsets.UTF_8), format, file.toAbsolutePath().getParent());
        }

        /** {@code folder} is where paths start; null for the working directory. */
        static Source of(String text, Format format, @Nullable Path folder) {
            return of(utf8(text), text, format, folder);
        }

        private static Source of(byte[] octets, String text, Format format, @Nullable Path folder) {
            try {
                return new Source(References.fill(policyJson(octets, format), folder), text, format);
            } catch (PolicyException problem) {
                throw References.locate(problem, text, format.number);
            }
        }

        /** The same exception with the lines and columns of the text. */
        PolicyException locate(PolicyException problem) {
            return References.locate(problem, text, format.number);
        }
    }

    /**
     * What a policy document allows and its author may not have meant, the worst first.
     *
     * @param policy JSON text
     * @throws PolicyException the document is no policy
     */
    public static List<Warning> lint(String policy) {
        NativeLibrary.load();
        byte[] document = References.fill(policy, null).getBytes(StandardCharsets.UTF_8);
        Object warnings = only(Native.lint(document));
        return ((List<?>) warnings).stream().map(warning -> Warning.of((Map<?, ?>) warning)).toList();
    }

    /** The names of the gateways whose policies {@link #importPolicy} reads, such as {@code mulesoft} and {@code wso2}. */
    public static List<String> products() {
        NativeLibrary.load();
        return Flat.readList(Native.products()).stream().map(String.class::cast).toList();
    }

    /**
     * Reads a gateway's policy, at most 1 MiB, into ours: of {@code mulesoft} the YAML of Flex Gateway or the JSON of API
     * Manager, of {@code wso2} the {@code deployment.toml}.
     *
     * @throws PolicyException no policy can be read from the text
     * @throws IllegalArgumentException there is no such product
     */
    public static Import importPolicy(String product, String text) {
        return importPolicy(product, text, Map.of());
    }

    /**
     * Reads a gateway's policy with files that it names, such as a trust store.
     *
     * @param files the files by name; a note of the import says which are missing
     * @throws PolicyException no policy can be read from the text
     * @throws IllegalArgumentException there is no such product
     */
    public static Import importPolicy(String product, String text, Map<String, byte[]> files) {
        if (!products().contains(product)) {
            throw new IllegalArgumentException("expected one of " + String.join(", ", products()));
        }
        ByteArrayOutputStream texts = new ByteArrayOutputStream();
        append(texts, product.getBytes(StandardCharsets.UTF_8));
        append(texts, text.getBytes(StandardCharsets.UTF_8));
        files.forEach((name, content) -> {
            append(texts, name.getBytes(StandardCharsets.UTF_8));
            append(texts, content);
        });
        List<?> parts = Flat.readList(Native.importPolicy(texts.toByteArray()));
        if (parts.size() == 2) {
            return Import.of(parts);
        }
        throw PolicyException.of(parts);
    }

    private static void append(ByteArrayOutputStream texts, byte[] text) {
        texts.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(text.length).array());
        texts.writeBytes(text);
    }

    /**
     * The JSON Schema (2020-12) of the policy document, for editors and for checks before a deployment. What it takes may
     * still be refused: a validator alone knows all rules.
     */
    public static String schema() {
        NativeLibrary.load();
        byte[] schema = Native.schema();
        if (schema == null) {
            throw new InternalErrorException("the native library gave no schema");
        }
        return new String(schema, StandardCharsets.UTF_8);
    }

    /** The octets of a text. For half of a surrogate pair there is one that is not UTF-8: what is native refuses it. */
    static byte[] utf8(String text) {
        if (StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        text.codePoints().forEach(point -> {
            if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
                octets.write(0xff);
            } else {
                octets.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
            }
        });
        return octets.toByteArray();
    }

    /** The one part of a result; several parts are a policy error. */
    static Object only(byte @Nullable [] result) {
        List<?> parts = Flat.readList(result);
        if (parts.size() == 1) {
            return parts.get(0);
        }
        throw PolicyException.of(parts);
    }
}
