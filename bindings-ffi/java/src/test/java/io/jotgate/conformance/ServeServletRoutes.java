package io.jotgate.conformance;

import io.jotgate.VerifiedJwt;
import io.jotgate.servlet.JotgateServletFilter;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Serves an application of servlets in a container, at the root and in a context of its own, as {@link ServeRoutes} does. */
public final class ServeServletRoutes {
    private ServeServletRoutes() {}

    /** Takes the file of policies, prints the port, and ends when standard input does. */
    public static void main(String[] arguments) throws Exception {
        Map<String, Consumer<ServletContext>> applications = new HashMap<>();
        for (String mount : new String[] {"", Policies.MOUNT}) {
            Map<String, Filter> filters = Policies.at(mount, arguments[0], JotgateServletFilter::new);
            applications.put(mount, context -> {
                ServeServlet.filterEverything(context, new ServeServlet.ByExchange(filters));
                context.addServlet("orders", new Orders()).addMapping("/orders/*");
                context.addServlet("admin", new Admin()).addMapping("/admin/*");
                for (String name : new String[] {"health", "catalog", "open"}) {
                    context.addServlet(name, new Get(name)).addMapping("/" + name);
                }
            });
        }
        ServeServlet.serve(applications);
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
