package io.jotgate.conformance;

import io.jotgate.VerifiedJwt;
import io.jotgate.servlet.JotgateServletFilter;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;

/** Serves an application of servlets in Tomcat, at the root and in a context of its own, as {@link ServeRoutes} does. */
public final class ServeServletRoutes {
    /** Kept, because a logger that nobody reaches forgets its level. */
    private static final Logger TOMCAT = Logger.getLogger("org.apache");

    private ServeServletRoutes() {}

    /** Takes the file of policies, prints the port, and ends when standard input does. */
    public static void main(String[] arguments) throws IOException, LifecycleException {
        TOMCAT.setLevel(Level.OFF);
        Path folder = Files.createTempDirectory("jotgate-serve");
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(folder.toString());
        tomcat.setHostname("127.0.0.1");
        tomcat.setPort(0);
        for (String mount : new String[] {"", Policies.MOUNT}) {
            Map<String, Filter> filters = Policies.at(mount, arguments[0], JotgateServletFilter::new);
            Context context = tomcat.addContext(mount, folder.toString());
            ServeServlet.filterEverything(context, new ServeServlet.ByExchange(filters));
            add(context, "orders", new Orders(), "/orders/*");
            add(context, "admin", new Admin(), "/admin/*");
            for (String name : new String[] {"health", "catalog", "open"}) {
                add(context, name, new Get(name), "/" + name);
            }
        }
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        tomcat.start();
        System.out.println("{\"port\": " + tomcat.getConnector().getLocalPort() + "}");
        while (System.in.read() >= 0) {
            // Nothing is said there.
        }
        System.exit(0);
    }

    private static void add(Context context, String name, HttpServlet servlet, String pattern) {
        Tomcat.addServlet(context, name, servlet);
        context.addServletMappingDecoded(pattern, name);
    }

    private static void tell(String handler, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        String subject = JotgateServletFilter.verifiedIfAny(request).map(VerifiedJwt::subject).orElse("none");
        response.setHeader("X-Handler", handler);
        response.setHeader("X-Subject", subject);
        response.getWriter().print(handler);
    }

    /** The servlet's HEAD is its GET without a body. */
    private static final class Get extends HttpServlet {
        private static final long serialVersionUID = 1L;

        private final String name;

        Get(String name) {
            this.name = name;
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            tell(name, request, response);
        }
    }

    private static final class Orders extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            if (isForAll(request)) {
                tell("orders.list", request, response);
            } else if (request.getPathInfo().indexOf('/', 1) < 0) {
                tell("orders.one", request, response);
            } else {
                response.setStatus(HttpServletResponse.SC_NOT_FOUND);
            }
        }

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            if (isForAll(request)) {
                tell("orders.create", request, response);
            } else {
                response.setStatus(HttpServletResponse.SC_NOT_FOUND);
            }
        }

        private static boolean isForAll(HttpServletRequest request) {
            return request.getPathInfo() == null || request.getPathInfo().equals("/");
        }
    }

    private static final class Admin extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            tell("admin", request, response);
        }
    }
}
