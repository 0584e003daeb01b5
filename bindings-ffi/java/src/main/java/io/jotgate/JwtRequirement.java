package io.jotgate;

import java.lang.ref.Reference;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongFunction;

/**
 * What an endpoint asks of a token in code, beside what the policy asks: scopes, and rules about claims, as a route of the policy
 * has them. Make one when the application starts, and share it: {@link JwtValidator#require} asks for it.
 *
 * <pre>{@code
 * static final JwtRequirement WRITING = JwtRequirement.scopes("orders:write");
 * }</pre>
 */
public final class JwtRequirement {
    private final long address;

    private JwtRequirement(String document) {
        NativeLibrary.load();
        long[] handle = new long[1];
        byte[] problem = Native.openRequirement(Policies.utf8(document), handle);
        long opened = handle[0];
        if (opened == 0) {
            throw PolicyException.of(Flat.readList(problem));
        }
        address = opened;
        Core.CLEANER.register(this, () -> Native.closeRequirement(opened));
    }

    /**
     * A token must have each of these scopes.
     *
     * @throws PolicyException there is none, or one of them can be no scope; the path is such as {@code scopes[0]}
     */
    public static JwtRequirement scopes(String... all) {
        return told(Map.of("scopes", new RouteScopes().all(all).members), "scopes.all", "scopes");
    }

    /**
     * A token must have one of these scopes.
     *
     * @throws PolicyException there is none, or one of them can be no scope; the path is such as {@code anyScope[0]}
     */
    public static JwtRequirement anyScope(String... any) {
        return told(Map.of("scopes", new RouteScopes().any(any).members), "scopes.any", "anyScope");
    }

    /**
     * All of these rules must hold. An expression knows no request, and its {@code now} is the time that the token was judged for.
     *
     * @throws PolicyException there is none, or one of them is wrong; the path begins at the list, such as {@code claims[0].min}
     */
    public static JwtRequirement claims(ClaimRule... rules) {
        return told(Map.of("claims", PolicyPart.all(rules)), "claims", "claims");
    }

    /**
     * The scopes are needed, and all of these rules must hold, if there are any.
     *
     * @throws PolicyException something is wrong with them; the path is such as {@code scopes.all[0]} or {@code claims[0].anyOf}
     */
    public static JwtRequirement of(RouteScopes scopes, ClaimRule... rules) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("scopes", scopes.members);
        if (rules.length > 0) {
            members.put("claims", PolicyPart.all(rules));
        }
        return told(members, "scopes", "scopes");
    }

    /** Tells what is wrong in the names of the methods, with this word of the call for the beginning of a path. */
    private static JwtRequirement told(Map<String, Object> members, String path, String word) {
        try {
            return new JwtRequirement(Json.write(members));
        } catch (PolicyException problem) {
            throw References.inNames(problem, JwtValidatorBuilder.NAMES_OF_DOCUMENT, List.of()).toldAs(path, word);
        }
    }

    /**
     * A requirement from its document, as every language of jotgate reads it.
     *
     * @param document JSON text: an object of {@code scopes} and {@code claims}
     * @throws PolicyException the document is refused; the path begins at the object, such as {@code scopes.all[0]}
     */
    public static JwtRequirement fromJson(String document) {
        return new JwtRequirement(Objects.requireNonNull(document, "document"));
    }

    /** Calls with the address, which is valid until the call has ended. */
    <T> T use(LongFunction<T> call) {
        try {
            return call.apply(address);
        } finally {
            Reference.reachabilityFence(this);
        }
    }
}
