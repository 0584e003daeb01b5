package io.jotgate.conformance;

import io.jotgate.VerifiedJwt;
import io.jotgate.servlet.JotgateServletFilter;
import io.jotgate.support.ServletContainer;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Serves HTTP exchanges through the servlet filter in a container, as {@link Serve} does through the filter of the JDK's server. */
public final class ServeServlet {
    /** Kept, because a logger that nobody reaches forgets its level. */
    private static final Logger TOMCAT = Logger.getLogger("org.apache");

    private ServeServlet() {}

    /** Takes the file of exchanges, prints the port, and ends when standard input does. */
    public static void main(String[] arguments) throws Exception {
        Map<String, Filter> filters = Policies.all(arguments[0], JotgateServletFilter::new);
        serve(Map.of("", context -> {
            context.addServlet("application", new Application()).addMapping("/*");
            filterEverything(context, new ByExchange(filters));
        }));
    }

    /** Runs applications where they are mounted, in the container that the system property {@code jotgate.container} names. */
    static void serve(Map<String, Consumer<ServletContext>> applications) throws Exception {
        TOMCAT.setLevel(Level.OFF);
        ServletContainer container = ServletContainer.valueOf(System.getProperty("jotgate.container", "TOMCAT"));
        int port = container.start(Files.createTempDirectory("jotgate-serve"), applications).port();
        System.out.println("{\"port\": " + port + "}");
        while (System.in.read() >= 0) {
            // Nothing is said there.
        }
        System.exit(0);
    }

    static void filterEverything(ServletContext context, Filter filter) {
        context.addFilter("jotgate", filter).addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/*");
    }

    /** Tells what an application sees of a request. */
    public static void tell(HttpServletRequest request, Object claims, HttpServletResponse response) throws IOException {
        response.setContentType("application/json");
        response.setCharacterEncoding("UTF-8");
        Map<String, String> fields = new HashMap<>();
        for (String name : Collections.list(request.getHeaderNames())) {
            fields.put(name, String.join(", ", Collections.list(request.getHeaders(name))));
        }
        response.getWriter().print(Serve.seen(claims, fields, request.getQueryString()));
    }

    /** Tells which claims it sees. */
    private static final class Application extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            tell(request, JotgateServletFilter.verifiedIfAny(request).map(VerifiedJwt::claims).orElse(null), response);
        }
    }

    /** Passes a request to the filter of the exchange that it names; there is nothing where there is none. */
    record ByExchange(Map<String, Filter> filters) implements Filter {
        @Override
        public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            Filter filter = filters.get(((HttpServletRequest) request).getHeader("X-Exchange"));
            if (filter == null) {
                ((HttpServletResponse) response).setStatus(HttpServletResponse.SC_NOT_FOUND);
                return;
            }
            filter.doFilter(request, response, chain);
        }
    }
}
