package io.jotgate.httpserver;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpPrincipal;
import com.sun.net.httpserver.HttpsExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import javax.net.ssl.SSLSession;

/** {@link VerifiedExchange} for HTTPS: handlers may ask whether an exchange is an {@link HttpsExchange}. */
final class VerifiedHttpsExchange extends HttpsExchange {
    private final HttpsExchange exchange;
    private final Passed passed;

    VerifiedHttpsExchange(HttpsExchange exchange, Passed passed) {
        this.exchange = exchange;
        this.passed = passed;
    }

    @Override
    public Object getAttribute(String name) {
        return name.equals(JotgateFilter.ATTRIBUTE) ? passed.jwt() : exchange.getAttribute(name);
    }

    /** What the filter found stays. */
    @Override
    public void setAttribute(String name, Object value) {
        if (name.equals(JotgateFilter.ATTRIBUTE)) {
            throw new IllegalArgumentException("the attribute " + name + " belongs to the filter");
        }
        exchange.setAttribute(name, value);
    }

    @Override
    public Headers getRequestHeaders() {
        return passed.headers();
    }

    @Override
    public Headers getResponseHeaders() {
        return exchange.getResponseHeaders();
    }

    @Override
    public URI getRequestURI() {
        return passed.uri();
    }

    @Override
    public String getRequestMethod() {
        return exchange.getRequestMethod();
    }

    @Override
    public HttpContext getHttpContext() {
        return exchange.getHttpContext();
    }

    @Override
    public void close() {
        exchange.close();
    }

    @Override
    public InputStream getRequestBody() {
        return exchange.getRequestBody();
    }

    @Override
    public OutputStream getResponseBody() {
        return exchange.getResponseBody();
    }

    @Override
    public void sendResponseHeaders(int status, long length) throws IOException {
        exchange.sendResponseHeaders(status, length);
    }

    @Override
    public InetSocketAddress getRemoteAddress() {
        return exchange.getRemoteAddress();
    }

    @Override
    public int getResponseCode() {
        return exchange.getResponseCode();
    }

    @Override
    public InetSocketAddress getLocalAddress() {
        return exchange.getLocalAddress();
    }

    @Override
    public String getProtocol() {
        return exchange.getProtocol();
    }

    @Override
    public void setStreams(InputStream in, OutputStream out) {
        exchange.setStreams(in, out);
    }

    @Override
    public HttpPrincipal getPrincipal() {
        return exchange.getPrincipal();
    }

    @Override
    public SSLSession getSSLSession() {
        return exchange.getSSLSession();
    }
}
