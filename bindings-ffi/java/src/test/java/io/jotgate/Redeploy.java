package io.jotgate;

import static io.jotgate.support.Issuer.payload;

import io.jotgate.support.Issuer;
import java.io.File;
import java.lang.ref.WeakReference;
import java.lang.reflect.Constructor;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A thread that outlives the application, as those of a server do; runs in a virtual machine of its own. */
final class Redeploy {
    private static WeakReference<ClassLoader> application;

    private Redeploy() {}

    public static void main(String[] arguments) throws Exception {
        for (int deployment = 0; deployment < 2; deployment++) {
            CountDownLatch used = new CountDownLatch(1);
            CountDownLatch gone = new CountDownLatch(1);
            Thread worker = new Thread(() -> {
                try {
                    runApplication();
                } finally {
                    used.countDown();
                }
                try {
                    gone.await();
                } catch (InterruptedException ended) {
                    throw new IllegalStateException(ended);
                }
            });
            worker.start();
            used.await();
            while (!application.refersTo(null)) {
                System.gc();
            }
            gone.countDown();
            worker.join();
        }
        System.out.println("done");
    }

    private static void runApplication() {
        try {
            List<URL> classPath = new ArrayList<>();
            for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
                classPath.add(Path.of(entry).toUri().toURL());
            }
            ClassLoader loader = new URLClassLoader(classPath.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
            application = new WeakReference<>(loader);
            Class<?> program = loader.loadClass(Application.class.getName());
            // Another loader's classes are of another package, whatever its name.
            Constructor<?> constructor = program.getDeclaredConstructor();
            constructor.setAccessible(true);
            ((Runnable) constructor.newInstance()).run();
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** Refuses a token by its signature, in classes and with a native library of its own. */
    static final class Application implements Runnable {
        Application() {}

        @Override
        public void run() {
            Issuer issuer = new Issuer("a");
            String forged = new Issuer("a").es256(payload(1_800_000_060));
            try (JwtValidator validator = JwtValidator.builder().issuer(Issuer.NAME).audience(Issuer.AUDIENCE).jwks(issuer.jwks())
                    .clock(Clock.fixed(Instant.ofEpochSecond(1_800_000_000), ZoneOffset.UTC)).build()) {
                validator.validate(forged);
            } catch (InvalidTokenException refused) {
                if (refused.code() == Code.INVALID_SIGNATURE) {
                    return;
                }
            }
            throw new IllegalStateException("a forged token was not refused by its signature");
        }
    }
}
