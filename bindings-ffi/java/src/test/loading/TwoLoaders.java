import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;

/** Two applications in one virtual machine, each of which has the JAR for itself: TwoLoaders JAR CLASSES. */
public final class TwoLoaders {
    private TwoLoaders() {}

    public static void main(String[] arguments) throws Exception {
        URL[] urls = new URL[arguments.length];
        for (int i = 0; i < urls.length; i++) {
            urls[i] = Path.of(arguments[i]).toUri().toURL();
        }
        for (int i = 0; i < 2; i++) {
            // Left open: an application that runs is there when the next one comes.
            ClassLoader application = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
            application.loadClass("Use").getMethod("main", String[].class).invoke(null, (Object) new String[0]);
        }
    }
}
