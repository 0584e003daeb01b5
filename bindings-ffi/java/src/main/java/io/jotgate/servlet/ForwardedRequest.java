package io.jotgate.servlet;

import io.jotgate.Forward;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A request as the policy's {@code forward} says it goes on, in every form in which it can be read.
 *
 * <p>Nothing of the request behind it is kept: a container that dispatches a request again puts another one there.
 */
final class ForwardedRequest extends HttpServletRequestWrapper {
    /** Who has changed the request. */
    private final Object owner;
    private final HttpServletResponse response;
    /** Fields that are not what the client has sent; null for those that are not there at all. */
    private final Map<String, @Nullable String> changed = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final Set<String> cookiesGone = new HashSet<>();
    private final @Nullable StrippedQuery query;

    ForwardedRequest(HttpServletRequest request, HttpServletResponse response, Forward forward, Object owner) {
        super(request);
        this.owner = owner;
        this.response = response;
        forward.remove().forEach(name -> changed.put(name, null));
        changed.putAll(forward.set());
        if (changed.containsKey(COOKIE)) {
            Collections.list(request.getHeaders(COOKIE)).forEach(field -> cookiesGone.addAll(cookieNames(field)));
            String left = changed.get(COOKIE);
            cookiesGone.removeAll(left == null ? Set.of() : cookieNames(left));
        }
        query = forward.query() == null ? null : new StrippedQuery(request.getQueryString(), forward.query());
    }

    /** The request, or one that it wraps, that {@code owner} has changed; null when there is none. */
    static @Nullable ForwardedRequest in(ServletRequest request, Object owner) {
        ServletRequest layer = request;
        while (layer instanceof ServletRequestWrapper wrapper) {
            if (wrapper instanceof ForwardedRequest forwarded && forwarded.owner == owner) {
                return forwarded;
            }
            layer = wrapper.getRequest();
        }
        return null;
    }

    /** The request as it came. */
    HttpServletRequest unchanged() {
        return (HttpServletRequest) getRequest();
    }

    @Override
    public @Nullable String getHeader(String name) {
        return changed.containsKey(name) ? changed.get(name) : super.getHeader(name);
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
        if (!changed.containsKey(name)) {
            return super.getHeaders(name);
        }
        String value = changed.get(name);
        return value == null ? Collections.emptyEnumeration() : Collections.enumeration(List.of(value));
    }

    @Override
    public Enumeration<String> getHeaderNames() {
        Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        names.addAll(Collections.list(super.getHeaderNames()));
        changed.forEach((name, value) -> {
            names.remove(name);
            if (value != null) {
                names.add(name);
            }
        });
        return Collections.enumeration(names);
    }

    @Override
    public int getIntHeader(String name) {
        if (!changed.containsKey(name)) {
            return super.getIntHeader(name);
        }
        String value = changed.get(name);
        return value == null ? -1 : Integer.parseInt(value);
    }

    @Override
    public long getDateHeader(String name) {
        if (!changed.containsKey(name)) {
            return super.getDateHeader(name);
        }
        String value = changed.get(name);
        try {
            return value == null ? -1
                    : ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant().toEpochMilli();
        } catch (DateTimeParseException noDate) {
            throw new IllegalArgumentException("the header field is no date");
        }
    }

    /** None are {@code null}, as for every request without cookies. */
    @Override
    public Cookie @Nullable [] getCookies() {
        Cookie[] cookies = super.getCookies();
        if (cookies == null || cookiesGone.isEmpty()) {
            return cookies;
        }
        Cookie[] left = Arrays.stream(cookies).filter(cookie -> !cookiesGone.contains(cookie.getName()))
                .toArray(Cookie[]::new);
        return left.length == 0 ? null : left;
    }

    @Override
    public @Nullable String getQueryString() {
        return query == null ? super.getQueryString() : query.of(super.getQueryString());
    }

    @Override
    public Map<String, String[]> getParameterMap() {
        return query == null ? super.getParameterMap() : query.of(super.getParameterMap());
    }

    @Override
    public Enumeration<String> getParameterNames() {
        return query == null ? super.getParameterNames() : Collections.enumeration(getParameterMap().keySet());
    }

    @Override
    public String @Nullable [] getParameterValues(String name) {
        return query == null ? super.getParameterValues(name) : getParameterMap().get(name);
    }

    @Override
    public @Nullable String getParameter(String name) {
        if (query == null) {
            return super.getParameter(name);
        }
        String[] values = getParameterMap().get(name);
        return values == null ? null : values[0];
    }

    /** By default a container would go on with the request as it came. */
    @Override
    public AsyncContext startAsync() {
        return startAsync(this, response);
    }

    private static Set<String> cookieNames(String field) {
        return Arrays.stream(field.split(";")).map(pair -> pair.trim().split("=", 2)[0]).collect(Collectors.toSet());
    }

    private static final String COOKIE = "Cookie";
}
