package io.jotgate.support;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

import jakarta.servlet.ServletContext;
import java.io.Closeable;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.ErrorPage;
import org.eclipse.jetty.ee10.servlet.ErrorPageErrorHandler;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandlerCollection;
import org.junit.jupiter.api.function.Executable;

/** The real containers in which the filters are tested. */
public enum ServletContainer {
    TOMCAT {
        @Override
        public Running start(Path folder, Map<String, Consumer<ServletContext>> applications) throws Exception {
            Tomcat tomcat = new Tomcat();
            tomcat.setBaseDir(folder.toString());
            tomcat.setHostname("127.0.0.1");
            tomcat.setPort(0);
            applications.forEach((mount, setup) -> {
                Context context = tomcat.addContext(mount, folder.toString());
                context.addServletContainerInitializer((classes, servlets) -> setup.accept(servlets), Set.of());
                ErrorPage page = new ErrorPage();
                page.setErrorCode(ERROR);
                page.setLocation(ERROR_PAGE);
                context.addErrorPage(page);
            });
            tomcat.getConnector().setProperty("address", "127.0.0.1");
            tomcat.start();
            return new Running(tomcat.getConnector().getLocalPort(), () -> {
                tomcat.stop();
                tomcat.destroy();
            });
        }
    },

    JETTY {
        @Override
        public Running start(Path folder, Map<String, Consumer<ServletContext>> applications) throws Exception {
            Server server = new Server(new InetSocketAddress("127.0.0.1", 0));
            ContextHandlerCollection contexts = new ContextHandlerCollection();
            applications.forEach((mount, setup) -> {
                ServletContextHandler context = new ServletContextHandler();
                context.setContextPath(mount.isEmpty() ? "/" : mount);
                context.addServletContainerInitializer((classes, servlets) -> setup.accept(servlets));
                ErrorPageErrorHandler pages = new ErrorPageErrorHandler();
                pages.addErrorPage(ERROR, ERROR_PAGE);
                context.setErrorHandler(pages);
                contexts.addHandler(context);
            });
            server.setHandler(contexts);
            server.start();
            return new Running(((ServerConnector) server.getConnectors()[0]).getLocalPort(), server::stop);
        }
    };

    /** What has a page of its own, and where that is. */
    public static final int ERROR = 418;
    private static final String ERROR_PAGE = "/seen";

    /** A container with applications, each at the place where it is mounted. */
    public abstract Running start(Path folder, Map<String, Consumer<ServletContext>> applications) throws Exception;

    /** A container with one application. */
    public Running start(Path folder, Consumer<ServletContext> application) throws Exception {
        return start(folder, Map.of("", application));
    }

    /** One that listens on a port of the loopback interface. */
    public record Running(int port, Executable stop) implements Closeable {
        @Override
        public void close() {
            assertDoesNotThrow(stop);
        }
    }
}
