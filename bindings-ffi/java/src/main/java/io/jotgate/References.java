package io.jotgate;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a policy document leaves to the environment and to files, and in which lines of its text things stand. */
final class References {
    private References() {}

    /**
     * The document with what stands in environment variables and files.
     *
     * @param folder where paths start; {@code null} for the working directory
     * @throws PolicyException something is not there
     */
    static String fill(String document, @Nullable Path folder) {
        List<?> wanted = (List<?>) Policies.only(Native.references(Policies.utf8(document)));
        if (wanted.isEmpty()) {
            return document;
        }
        ByteArrayOutputStream texts = new ByteArrayOutputStream();
        append(texts, document.getBytes(StandardCharsets.UTF_8));
        for (int at = 0; at + 2 < wanted.size(); at += 3) {
            String name = (String) wanted.get(at + 1);
            int most = ((Number) wanted.get(at + 2)).intValue();
            try {
                byte[] read = wanted.get(at).equals("env") ? variable(name) : file(name, most, folder);
                append(texts, (read == null ? "missing" : "read").getBytes(StandardCharsets.UTF_8));
                append(texts, read == null ? new byte[0] : read);
            } catch (IOException | RuntimeException unreadable) {
                append(texts, "unreadable".getBytes(StandardCharsets.UTF_8));
                append(texts, new byte[0]);
            }
        }
        return (String) Policies.only(Native.fillReferences(texts.toByteArray()));
    }

    /** The same exception with the lines and columns of the text. */
    static PolicyException locate(PolicyException problem, String text, int format) {
        ByteArrayOutputStream texts = new ByteArrayOutputStream();
        append(texts, text.getBytes(StandardCharsets.UTF_8));
        List<PolicyException.Problem> told = problem.problems();
        told.forEach(one -> append(texts, one.path().getBytes(StandardCharsets.UTF_8)));
        List<?> places = Flat.readList(Native.places(texts.toByteArray(), format));
        List<PolicyException.Problem> located = new ArrayList<>();
        for (int at = 0; at < told.size(); at++) {
            located.add(told.get(at).at(((Number) places.get(2 * at)).intValue(), ((Number) places.get(2 * at + 1)).intValue()));
        }
        return new PolicyException(located);
    }

    /** The same exception in the names that the author has written: the number is one of the core's, and these options were given. */
    static PolicyException inNames(PolicyException problem, int names, Iterable<String> given) {
        ByteArrayOutputStream texts = new ByteArrayOutputStream();
        append(texts, String.join(" ", given).getBytes(StandardCharsets.UTF_8));
        List<PolicyException.Problem> problems = problem.problems();
        for (PolicyException.Problem one : problems) {
            for (String text : new String[] {one.path(), one.message(), one.hint() == null ? "" : one.hint()}) {
                append(texts, text.getBytes(StandardCharsets.UTF_8));
            }
        }
        List<?> told = Flat.readList(Native.told(texts.toByteArray(), names));
        List<PolicyException.Problem> named = new ArrayList<>();
        for (int at = 0; at < problems.size(); at++) {
            named.add(new PolicyException.Problem((String) told.get(3 * at), (String) told.get(3 * at + 1),
                    (String) told.get(3 * at + 2), problems.get(at).line(), problems.get(at).column()));
        }
        return new PolicyException(named);
    }

    private static byte @Nullable [] variable(String name) {
        String value = System.getenv(name);
        return value == null ? null : value.getBytes(StandardCharsets.UTF_8);
    }

    private static byte @Nullable [] file(String name, int most, @Nullable Path folder) throws IOException {
        Path path = folder == null ? Path.of(name) : folder.resolve(name);
        try (InputStream bytes = Files.newInputStream(path)) {
            return bytes.readNBytes(most);
        } catch (NoSuchFileException none) {
            return null;
        }
    }

    private static void append(ByteArrayOutputStream texts, byte[] text) {
        texts.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(text.length).array());
        texts.writeBytes(text);
    }
}
