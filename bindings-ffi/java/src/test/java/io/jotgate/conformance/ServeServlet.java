package io.jotgate.conformance;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.jotgate.VerifiedJwt;
import io.jotgate.servlet.JotgateServletFilter;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;

/** Serves HTTP exchanges through the servlet filter in Tomcat, as {@link Serve} does through the filter of the JDK's server. */
public final class ServeServlet {
    private static final Gson GSON = new GsonBuilder().serializeNulls().disableHtmlEscaping().create();
    /** Kept, because a logger that nobody reaches forgets its level. */
    private static final Logger TOMCAT = Logger.getLogger("org.apache");

    private ServeServlet() {}

    /** Takes the file of exchanges, prints the port, and ends when standard input does. */
    public static void main(String[] arguments) throws IOException, LifecycleException {
        TOMCAT.setLevel(Level.SEVERE);
        Map<String, Filter> filters = Policies.all(arguments[0], JotgateServletFilter::new);
        Path folder = Files.createTempDirectory("jotgate-serve");
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(folder.toString());
        tomcat.setHostname("127.0.0.1");
        tomcat.setPort(0);
        Context context = tomcat.addContext("", folder.toString());
        Tomcat.addServlet(context, "application", new Application());
        context.addServletMappingDecoded("/*", "application");
        filterEverything(context, new ByExchange(filters));
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        tomcat.start();
        System.out.println(GSON.toJson(Map.of("port", tomcat.getConnector().getLocalPort())));
        while (System.in.read() >= 0) {
            // Nothing is said there.
        }
        System.exit(0);
    }

    static void filterEverything(Context context, Filter given) {
        FilterDef filter = new FilterDef();
        filter.setFilterName("jotgate");
        filter.setFilter(given);
        context.addFilterDef(filter);
        FilterMap everywhere = new FilterMap();
        everywhere.setFilterName("jotgate");
        everywhere.addURLPattern("/*");
        context.addFilterMap(everywhere);
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
