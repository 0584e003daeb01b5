package io.jotgate.servlet;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

import jakarta.servlet.ServletContext;
import java.io.Closeable;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.ErrorPage;
import org.eclipse.jetty.ee10.servlet.ErrorPageErrorHandler;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.function.Executable;

/** The real containers in which the filters are tested. */
enum Container {
    TOMCAT {
        @Override
        Running start(Path folder, Consumer<ServletContext> setup) throws Exception {
            Tomcat tomcat = new Tomcat();
            tomcat.setBaseDir(folder.toString());
            tomcat.setHostname("127.0.0.1");
            tomcat.setPort(0);
            Context context = tomcat.addContext("", folder.toString());
            context.addServletContainerInitializer((classes, servlets) -> setup.accept(servlets), Set.of());
            ErrorPage page = new ErrorPage();
            page.setErrorCode(ERROR);
            page.setLocation(ERROR_PAGE);
            context.addErrorPage(page);
            tomcat.getConnector();
            tomcat.start();
            return new Running(tomcat.getConnector().getLocalPort(), () -> {
                tomcat.stop();
                tomcat.destroy();
            });
        }
    },

    JETTY {
        @Override
        Running start(Path folder, Consumer<ServletContext> setup) throws Exception {
            Server server = new Server(new InetSocketAddress("127.0.0.1", 0));
            ServletContextHandler context = new ServletContextHandler();
            context.setContextPath("/");
            context.addServletContainerInitializer((classes, servlets) -> setup.accept(servlets));
            ErrorPageErrorHandler pages = new ErrorPageErrorHandler();
            pages.addErrorPage(ERROR, ERROR_PAGE);
            context.setErrorHandler(pages);
            server.setHandler(context);
            server.start();
            return new Running(((ServerConnector) server.getConnectors()[0]).getLocalPort(), server::stop);
        }
    };

    /** What has a page of its own, and where that is. */
    static final int ERROR = 418;
    static final String ERROR_PAGE = "/seen";

    /** A container with what {@code setup} puts into it. */
    abstract Running start(Path folder, Consumer<ServletContext> setup) throws Exception;

    /** One that listens on a port of the loopback interface. */
    record Running(int port, Executable stop) implements Closeable {
        @Override
        public void close() {
            assertDoesNotThrow(stop);
        }
    }
}
