package io.jotgate.spring.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jotgate.JwtValidator;
import io.jotgate.PolicyException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.core.io.ResourceLoader;

/** Where a policy may lie, and what an operator reads who has written a wrong one. */
class PolicyPlacesTest {
    private static final String POLICY = "version: 1\nissuers:\n  - issuer: https://issuer.test/\n    audience: test-api\n";

    @TempDir
    private Path folder;

    @Configuration
    @EnableAutoConfiguration
    static class Application {}

    @Test
    void aPolicyWithinTheJarOfTheApplicationIsRead() throws Exception {
        try (URLClassLoader classes = new URLClassLoader(new URL[] {jar("policy.yaml", POLICY).toUri().toURL()}, null);
                JwtValidator validator = of("classpath:policy.yaml", new DefaultResourceLoader(classes))) {
            assertEquals("https://issuer.test/.well-known/openid-configuration", validator.health().sources().get(0).url());
        }
        try (URLClassLoader classes = new URLClassLoader(new URL[] {jar("wrong.yaml", POLICY + "routs: []\n").toUri().toURL()}, null)) {
            ResourceLoader resources = new DefaultResourceLoader(classes);
            PolicyException problem = assertThrows(PolicyException.class, () -> of("classpath:wrong.yaml", resources));
            assertEquals(5, problem.problems().get(0).line());
        }
    }

    @Test
    void aPathAndTheUrlOfAFileAreTheSame() throws Exception {
        Path file = Files.writeString(folder.resolve("policy.yaml"), POLICY);
        for (String place : new String[] {file.toString(), "file:" + file}) {
            of(place, new DefaultResourceLoader()).close();
        }
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void aWrongPolicyStopsTheApplicationWithAText(CapturedOutput output) throws Exception {
        Path file = Files.writeString(folder.resolve("policy.yaml"), POLICY + "routs: []\n");
        assertThrows(Exception.class, () -> new Served(Application.class, "jotgate.policy=" + file).close());
        assertTrue(output.toString().contains("The policy of jotgate is refused: ") && output.toString().contains("line 5"),
                output.toString());
    }

    private static JwtValidator of(String place, ResourceLoader resources) throws Exception {
        return new JotgateProperties(place, null, null, null).builder(resources).build();
    }

    private Path jar(String name, String text) throws Exception {
        Path jar = folder.resolve(name + ".jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new JarEntry(name));
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return jar;
    }
}
