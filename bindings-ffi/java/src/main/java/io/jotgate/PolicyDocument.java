// Made by tests/policy_types/generate.py from core/policy.schema.json.
package io.jotgate;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a policy says: which tokens may pass, and what becomes of the others.
 *
 * <pre>{@code
 * JwtValidator validator = JwtValidator.builder().policy(new PolicyDocument().issuers(
 *         new PolicyDocument.Issuer().issuer("https://idp.example.com/").audience("https://api.example.com")
 *                 .keys(new PolicyDocument.Keys().jwksUri("https://idp.example.com/jwks")))).build();
 * }</pre>
 *
 * <p>Nothing is checked here: {@link JwtValidatorBuilder#build()} says what is wrong with a document.
 */
public final class PolicyDocument extends PolicyPart<PolicyDocument> {
    /** Nothing is set. */
    public PolicyDocument() {
        set("version", 1);
    }

    /**
     * Keeps verified tokens, so that the same token costs no second signature check while its key is there. Everything
     * else is checked each time. Default: none.
     */
    public PolicyDocument cache(Cache value) {
        return set("cache", value);
    }

    /**
     * What goes on to the application behind. Default: the request as it came.
     */
    public PolicyDocument forward(Forward value) {
        return set("forward", value);
    }

    /**
     * The issuers whose tokens may pass, each with its own keys and rules; at least one.
     */
    public PolicyDocument issuers(Issuer... values) {
        return set("issuers", all(values));
    }

    /**
     * Bounds on what is read of a token.
     */
    public PolicyDocument limits(Limits value) {
        return set("limits", value);
    }

    /**
     * In whose manner refused requests are answered. Default {@code rfc6750}.
     */
    public PolicyDocument responses(String value) {
        return set("responses", value);
    }

    /**
     * What is asked of some requests; the first that fits a request counts. Default: every request needs a token.
     */
    public PolicyDocument routes(Route... values) {
        return set("routes", all(values));
    }

    /**
     * Which request targets are taken although servers read them in more than one way.
     */
    public PolicyDocument targets(Targets value) {
        return set("targets", value);
    }

    /**
     * Where in a request the token is.
     */
    public PolicyDocument token(Token value) {
        return set("token", value);
    }

    /**
     * What becomes of requests that no route names: {@code token} (they need one, and no more) or {@code deny} (they
     * are refused). It must be written where a route asks for more than a token. Default {@code token}.
     */
    public PolicyDocument unmatched(String value) {
        return set("unmatched", value);
    }

    /**
     * The pauses after failed fetches.
     */
    public static final class Backoff extends PolicyPart<Backoff> {
        /** Nothing is set. */
        public Backoff() {}

        /**
         * The longest pause after the first failure; it doubles. Default 1 s.
         */
        public Backoff first(Duration value) {
            return set("first", Json.seconds(value));
        }

        /**
         * The longest pause at all. Default 300 s.
         */
        public Backoff max(Duration value) {
            return set("max", Json.seconds(value));
        }
    }

    /**
     * How much a cache of verified tokens may hold; the tokens that were of no use lately make room for others.
     */
    public static final class Cache extends PolicyPart<Cache> {
        /** Nothing is set. */
        public Cache() {}

        /**
         * The most bytes of memory for them, 65536 to 1073741824, and at least four times {@code limits.token_bytes}.
         * Default 16777216.
         */
        public Cache bytes(long value) {
            return set("bytes", value);
        }

        /**
         * The most tokens, 8 to 1048576. Default 4096.
         */
        public Cache entries(long value) {
            return set("entries", value);
        }
    }

    /**
     * What is asked of a claim: at most one of the operators from {@code equals} to {@code max}, and an expression.
     */
    public static final class ClaimRule extends PolicyPart<ClaimRule> {
        /** Nothing is set. */
        public ClaimRule() {}

        /**
         * The claim is a list that holds all of these; a single value is a list of one.
         */
        public ClaimRule allOf(Object... values) {
            return set("all_of", List.of(values));
        }

        /**
         * The claim is one of these, or a list that holds one of them: texts, numbers, booleans.
         */
        public ClaimRule anyOf(Object... values) {
            return set("any_of", List.of(values));
        }

        /**
         * A claim, or the path to one inside of others. Without it the rule is an expression alone.
         */
        public ClaimRule claim(String... values) {
            return set("claim", List.of(values));
        }

        /**
         * The claim is a list that holds this value, or a text with this text in it.
         */
        public ClaimRule contains(Object value) {
            return set("contains", value);
        }

        /**
         * The claim is this value.
         */
        public ClaimRule equalTo(Object value) {
            return set("equals", value);
        }

        /**
         * A condition in CEL over {@code claims}, {@code value} (this claim), {@code header}, {@code request} and
         * {@code now}. Whatever is not {@code true} refuses.
         */
        public ClaimRule expression(String value) {
            return set("expression", value);
        }

        /**
         * Whether the claim must be there. Default true.
         */
        public ClaimRule mandatory(boolean value) {
            return set("mandatory", value);
        }

        /**
         * The claim is a text that this regular expression matches whole.
         */
        public ClaimRule matches(String value) {
            return set("matches", value);
        }

        /**
         * The claim is a number, at most this.
         */
        public ClaimRule max(double value) {
            return set("max", value);
        }

        /**
         * The claim is a number, at least this.
         */
        public ClaimRule min(double value) {
            return set("min", value);
        }

        /**
         * The claim is none of these, nor a list that holds one.
         */
        public ClaimRule noneOf(Object... values) {
            return set("none_of", List.of(values));
        }

        /**
         * The claim is a text that begins so.
         */
        public ClaimRule prefix(String value) {
            return set("prefix", value);
        }

        /**
         * Splits a text into a list first.
         */
        public ClaimRule separator(String value) {
            return set("separator", value);
        }

        /**
         * The claim is a text that ends so.
         */
        public ClaimRule suffix(String value) {
            return set("suffix", value);
        }
    }

    /**
     * Which clients may use a token.
     */
    public static final class ClientId extends PolicyPart<ClientId> {
        /** Nothing is set. */
        public ClientId() {}

        /**
         * The clients that may; or the word {@code host} alone, and the host looks each up.
         */
        public ClientId allowed(String... values) {
            return set("allowed", List.of(values));
        }

        /**
         * The clients that may; or the word {@code host} alone, and the host looks each up.
         */
        public ClientId allowedByHost() {
            return set("allowed", "host");
        }

        /**
         * Claims that name the client; the first that is there counts. Default {@code client_id}, {@code azp}, {@code
         * cid}.
         */
        public ClientId claims(String... values) {
            return set("claims", List.of(values));
        }

        /**
         * An expression (CEL) that gives the client's id as a text, in place of {@code claims}. It stands with a list
         * of clients.
         */
        public ClientId expression(String value) {
            return set("expression", value);
        }
    }

    /**
     * What of an accepted token goes on to the application behind, when a gateway or a middleware hands requests on.
     */
    public static final class Forward extends PolicyPart<Forward> {
        /** Nothing is set. */
        public Forward() {}

        /**
         * Header fields that are set from claims, by the names of the claims as the application sees them. A field of
         * that name which the client has sent is removed, whether the claim is there or not.
         */
        public Forward claimsToHeaders(Map<String, String> values) {
            return set("claims_to_headers", new LinkedHashMap<>(values));
        }

        /**
         * Takes the token out of the request, wherever {@code token.sources} finds it. Default false.
         */
        public Forward stripToken(boolean value) {
            return set("strip_token", value);
        }
    }

    /**
     * An issuer with its own keys and rules: nothing of it ever counts for the tokens of another.
     */
    public static final class Issuer extends PolicyPart<Issuer> {
        /** Nothing is set. */
        public Issuer() {}

        /**
         * The algorithms that may sign. Default: every asymmetric one that fits a key; for a secret, those HS
         * algorithms whose hash is no longer than it.
         */
        public Issuer algorithms(String... values) {
            return set("algorithms", List.of(values));
        }

        /**
         * The {@code aud} values of which a token must carry one (RFC 7519 section 4.1.3). The waiver is the word
         * {@code any} alone.
         */
        public Issuer audience(String... values) {
            return set("audience", List.of(values));
        }

        /**
         * The {@code aud} values of which a token must carry one (RFC 7519 section 4.1.3). The waiver is the word
         * {@code any} alone.
         */
        public Issuer audienceAny() {
            return set("audience", "any");
        }

        /**
         * Other names for claims, from the name in the token to the one that rules and the application see. A
         * registered claim (RFC 7519 section 4.1) gets the other name beside its own. Default: none.
         */
        public Issuer claimMapping(Map<String, String> values) {
            return set("claim_mapping", new LinkedHashMap<>(values));
        }

        /**
         * Further rules about claims; all must hold.
         */
        public Issuer claims(ClaimRule... values) {
            return set("claims", all(values));
        }

        /**
         * Which clients may use a token. Default: any.
         */
        public Issuer clientId(ClientId value) {
            return set("client_id", value);
        }

        /**
         * What becomes of tokens that are bound to a key of the client ({@code cnf}: DPoP, RFC 9449; client
         * certificates, RFC 8705). Default: they are refused; the waiver is the word {@code ignore}.
         */
        public Issuer confirmation(String value) {
            return set("confirmation", value);
        }

        /**
         * Puts the names of WSO2's dialect behind {@code claim_mapping}, such as {@code
         * http://wso2.org/claims/emailaddress} for {@code email}. Default false.
         */
        public Issuer defaultClaimMapping(boolean value) {
            return set("default_claim_mapping", value);
        }

        /**
         * The {@code iss} values of this entry, byte for byte (RFC 7519 section 4.1.1), or a template with one whole
         * segment of its path left open, such as {@code {tid}}. The waiver is the word {@code any} alone.
         */
        public Issuer issuer(String... values) {
            return set("issuer", List.of(values));
        }

        /**
         * The {@code iss} values of this entry, byte for byte (RFC 7519 section 4.1.1), or a template with one whole
         * segment of its path left open, such as {@code {tid}}. The waiver is the word {@code any} alone.
         */
        public Issuer issuerAny() {
            return set("issuer", "any");
        }

        /**
         * How fetched key sets are kept fresh.
         */
        public Issuer jwks(Jwks value) {
            return set("jwks", value);
        }

        /**
         * Where the keys come from. Default: the issuer's metadata says it ({@code discovery: true}), which takes one
         * issuer that is a URL.
         */
        public Issuer keys(Keys value) {
            return set("keys", value);
        }

        /**
         * Tolerance for {@code exp}, {@code nbf} and {@code iat}, at most 300 s. Default 5 s.
         */
        public Issuer leeway(Duration value) {
            return set("leeway", Json.seconds(value));
        }

        /**
         * The longest time since {@code iat}, which must be there then and not lie ahead.
         */
        public Issuer maxAge(Duration value) {
            return set("max_age", Json.seconds(value));
        }

        /**
         * The longest time from {@code iat} to {@code exp}.
         */
        public Issuer maxLifetime(Duration value) {
            return set("max_lifetime", Json.seconds(value));
        }

        /**
         * Takes whole numbers in {@code sub} and {@code jti}, which are texts (RFC 7519 sections 4.1.2 and 4.1.7), and
         * shows them as texts to rules and the application. Default false.
         */
        public Issuer numericIds(boolean value) {
            return set("numeric_ids", value);
        }

        /**
         * A standard for access tokens that these tokens follow. {@code rfc9068}: the type {@code at+jwt}, and {@code
         * exp}, {@code sub}, {@code client_id}, {@code iat} and {@code jti} must be there (RFC 9068 sections 2.1, 2.2
         * and 4). Default: none.
         */
        public Issuer profile(String value) {
            return set("profile", value);
        }

        /**
         * Refuses an {@code iat} that lies ahead. Default false.
         */
        public Issuer rejectFutureIat(boolean value) {
            return set("reject_future_iat", value);
        }

        /**
         * Claims that must be there. Default {@code exp}; the waiver is a list without it.
         */
        public Issuer requiredClaims(String... values) {
            return set("required_claims", List.of(values));
        }

        /**
         * Scopes that a token needs. Default: none.
         */
        public Issuer scopes(Scopes value) {
            return set("scopes", value);
        }

        /**
         * For a template: the values that may stand in it, or the word {@code any}.
         */
        public Issuer tenants(String... values) {
            return set("tenants", List.of(values));
        }

        /**
         * For a template: the values that may stand in it, or the word {@code any}.
         */
        public Issuer tenantsAny() {
            return set("tenants", "any");
        }

        /**
         * Tries up to four fitting keys for a token that names none. Default false.
         */
        public Issuer tryAllKeys(boolean value) {
            return set("try_all_keys", value);
        }

        /**
         * Accepted header types, such as {@code at+jwt} (RFC 8725 section 3.11). Default: any but those that are
         * registered for other things than access tokens, such as {@code logout+jwt} and {@code dpop+jwt}.
         */
        public Issuer typ(String... values) {
            return set("typ", List.of(values));
        }
    }

    /**
     * How fetched key sets are kept fresh.
     */
    public static final class Jwks extends PolicyPart<Jwks> {
        /** Nothing is set. */
        public Jwks() {}

        /**
         * Allows {@code http} URLs beyond loopback. Default false.
         */
        public Jwks allowHttp(boolean value) {
            return set("allow_http", value);
        }

        /**
         * The pauses after failed fetches.
         */
        public Jwks backoff(Backoff value) {
            return set("backoff", value);
        }

        /**
         * The window in which unknown key ids cause at most two fetches. Default 30 s.
         */
        public Jwks cooldown(Duration value) {
            return set("cooldown", Json.seconds(value));
        }

        /**
         * The longest answer, in bytes. Default 524288.
         */
        public Jwks maxBody(long value) {
            return set("max_body", value);
        }

        /**
         * The number of keys that are read of one set. Default 500.
         */
        public Jwks maxKeys(long value) {
            return set("max_keys", value);
        }

        /**
         * How long an old set serves while its issuer cannot be reached. Default 24 h; 0 fails closed at expiry.
         */
        public Jwks maxStale(Duration value) {
            return set("max_stale", Json.seconds(value));
        }

        /**
         * The least that they may shorten it to. Default 60 s.
         */
        public Jwks minTtl(Duration value) {
            return set("min_ttl", Json.seconds(value));
        }

        /**
         * After which part of its freshness a set is refreshed, 0.1 to 1. Default 0.8.
         */
        public Jwks refreshAhead(double value) {
            return set("refresh_ahead", value);
        }

        /**
         * Whether the answer's header fields may shorten {@code ttl} (RFC 9111 section 4.2). Default true.
         */
        public Jwks respectCacheControl(boolean value) {
            return set("respect_cache_control", value);
        }

        /**
         * The longest time for one fetch. Default 10 s.
         */
        public Jwks timeout(Duration value) {
            return set("timeout", Json.seconds(value));
        }

        /**
         * How long a set is fresh when its answer says nothing, and at most. Default 60 min.
         */
        public Jwks ttl(Duration value) {
            return set("ttl", Json.seconds(value));
        }
    }

    /**
     * Where the keys of an issuer come from; several sources may stand beside each other.
     */
    public static final class Keys extends PolicyPart<Keys> {
        /** Nothing is set. */
        public Keys() {}

        /**
         * The waiver that lets tokens without signature pass; excludes every other source. Default false.
         */
        public Keys acceptUnsigned(boolean value) {
            return set("accept_unsigned", value);
        }

        /**
         * Takes the keys of certificates outside their period of validity. Default false.
         */
        public Keys allowExpiredCertificates(boolean value) {
            return set("allow_expired_certificates", value);
        }

        /**
         * The ids ({@code kid}, or alias in a trust store) of keys that must not be used any more, wherever they come
         * from. The same key under another id beside it is not used either. Default: none.
         */
        public Keys deniedKids(String... values) {
            return set("denied_kids", List.of(values));
        }

        /**
         * The issuer's metadata says where the key set lies (RFC 8414, OpenID Connect Discovery): {@code true}, or the
         * URL of the metadata. Default: {@code true} where no other source is named, else {@code false}.
         */
        public Keys discovery(boolean value) {
            return set("discovery", value);
        }

        /**
         * The issuer's metadata says where the key set lies (RFC 8414, OpenID Connect Discovery): {@code true}, or the
         * URL of the metadata. Default: {@code true} where no other source is named, else {@code false}.
         */
        public Keys discovery(String url) {
            return set("discovery", url);
        }

        /**
         * A key set as it is (RFC 7517 section 5), or {@code { file: PATH }} with its JSON; the only kind in which a
         * symmetric key counts.
         */
        public Keys jwks(String json) {
            return set("jwks", new Json.Raw(json));
        }

        /**
         * Absolute {@code https} URLs of key sets; {@code http} on loopback only, unless {@code jwks.allow_http}.
         */
        public Keys jwksUri(String... values) {
            return set("jwks_uri", List.of(values));
        }

        /**
         * A public key or an X.509 certificate, with or without the lines around it.
         */
        public Keys pem(String value) {
            return set("pem", value);
        }

        /**
         * A secret for HS256, HS384 and HS512; at least 32 bytes.
         */
        public Keys secret(Secret value) {
            return set("secret", value);
        }

        /**
         * Certificates in a store; the alias is the key id.
         */
        public Keys trustStore(TrustStore value) {
            return set("trust_store", value);
        }
    }

    /**
     * Bounds on what is read of a token.
     */
    public static final class Limits extends PolicyPart<Limits> {
        /** Nothing is set. */
        public Limits() {}

        /**
         * The deepest nesting of its JSON. Default 32.
         */
        public Limits jsonDepth(long value) {
            return set("json_depth", value);
        }

        /**
         * The longest token, in bytes. Default 16384.
         */
        public Limits tokenBytes(long value) {
            return set("token_bytes", value);
        }
    }

    /**
     * Which requests are meant, and what is asked of them.
     */
    public static final class Route extends PolicyPart<Route> {
        /** Nothing is set. */
        public Route() {}

        /**
         * The {@code aud} values of which a token must carry one, beside one of the issuer's.
         */
        public Route audience(String... values) {
            return set("audience", List.of(values));
        }

        /**
         * Rules about claims that hold here, beside those of the issuer.
         */
        public Route claims(ClaimRule... values) {
            return set("claims", all(values));
        }

        /**
         * Which clients may use a token here, beside what the issuer's entry says.
         */
        public Route clientId(RouteClientId value) {
            return set("client_id", value);
        }

        /**
         * The issuers whose tokens are taken, as they are written in {@code issuers}. Default: all.
         */
        public Route issuers(String... values) {
            return set("issuers", List.of(values));
        }

        /**
         * HTTP methods, as a list or with bars between them: {@code GET|HEAD}. Default: any.
         */
        public Route methods(String... values) {
            return set("methods", List.of(values));
        }

        /**
         * Needs no token; one that is there must be good. Default false.
         */
        public Route optional(boolean value) {
            return set("optional", value);
        }

        /**
         * A path as a template, matched whole: {@code /orders/{id}}. Where the route asks for a token, in any letter
         * case and with a slash at the end or without.
         */
        public Route path(String value) {
            return set("path", value);
        }

        /**
         * A path as a regular expression, matched whole; where the route asks for a token, as {@code path} is.
         */
        public Route pathRegex(String value) {
            return set("path_regex", value);
        }

        /**
         * Scopes that these requests need beside those of the issuer.
         */
        public Route scopes(RouteScopes value) {
            return set("scopes", value);
        }

        /**
         * Needs no token, and looks at none. Default false.
         */
        public Route skip(boolean value) {
            return set("skip", value);
        }
    }

    /**
     * Which clients may use a token on a route.
     */
    public static final class RouteClientId extends PolicyPart<RouteClientId> {
        /** Nothing is set. */
        public RouteClientId() {}

        /**
         * The clients that may. What names the client is what the issuer's {@code client_id} says.
         */
        public RouteClientId allowed(String... values) {
            return set("allowed", List.of(values));
        }
    }

    /**
     * Scopes that a route needs.
     */
    public static final class RouteScopes extends PolicyPart<RouteScopes> {
        /** Nothing is set. */
        public RouteScopes() {}

        /**
         * Every one of these.
         */
        public RouteScopes all(String... values) {
            return set("all", List.of(values));
        }

        /**
         * One of these at least.
         */
        public RouteScopes any(String... values) {
            return set("any", List.of(values));
        }
    }

    /**
     * Scopes that a token needs.
     */
    public static final class Scopes extends PolicyPart<Scopes> {
        /** Nothing is set. */
        public Scopes() {}

        /**
         * Every one of these.
         */
        public Scopes all(String... values) {
            return set("all", List.of(values));
        }

        /**
         * One of these at least.
         */
        public Scopes any(String... values) {
            return set("any", List.of(values));
        }

        /**
         * Claims that hold scopes, as a list or a text with spaces; the first that is there counts. Default {@code
         * scope}, {@code scp}.
         */
        public Scopes claims(String... values) {
            return set("claims", List.of(values));
        }
    }

    /**
     * An HMAC secret; exactly one member says how its octets are written.
     */
    public static final class Secret extends PolicyPart<Secret> {
        /** Nothing is set. */
        public Secret() {}

        /**
         * The octets in base64url without padding.
         */
        public Secret base64url(String value) {
            return set("base64url", value);
        }

        /**
         * The octets in hexadecimal.
         */
        public Secret hex(String value) {
            return set("hex", value);
        }

        /**
         * The octets of this text in UTF-8.
         */
        public Secret text(String value) {
            return set("text", value);
        }
    }

    /**
     * Request targets that servers read in more than one way. Where a request could pass somewhere because of that,
     * they are refused, unless they are allowed here.
     */
    public static final class Targets extends PolicyPart<Targets> {
        /** Nothing is set. */
        public Targets() {}

        /**
         * What may stand in a path. Such a path takes the routes of everything that it can be read as, all of which
         * must hold, and none that lets it pass without a token.
         */
        public Targets allow(String... values) {
            return set("allow", List.of(values));
        }
    }

    /**
     * Where in a request the token is.
     */
    public static final class Token extends PolicyPart<Token> {
        /** Nothing is set. */
        public Token() {}

        /**
         * The places to look in, all of them. Default: the header {@code Authorization} with the scheme {@code Bearer}
         * (RFC 6750 section 2.1).
         */
        public Token sources(TokenSource... values) {
            return set("sources", all(values));
        }
    }

    /**
     * One place to look for the token in; exactly one of header, cookie, query and expression.
     */
    public static final class TokenSource extends PolicyPart<TokenSource> {
        /** Nothing is set. */
        public TokenSource() {}

        /**
         * A cookie. Double quotes around its value are no part of it. Without a scheme the value is the token.
         */
        public TokenSource cookie(String value) {
            return set("cookie", value);
        }

        /**
         * A CEL expression over {@code request} whose value is the token. There is none where the value is {@code
         * null}, or where what the expression looks up is not there.
         */
        public TokenSource expression(String value) {
            return set("expression", value);
        }

        /**
         * A header field. Without a scheme its whole value is the token.
         */
        public TokenSource header(String value) {
            return set("header", value);
        }

        /**
         * A parameter of the query (RFC 6750 section 2.3 advises against it).
         */
        public TokenSource query(String value) {
            return set("query", value);
        }

        /**
         * The scheme in front of the token in that header field or cookie, such as {@code Bearer}, with spaces behind
         * it.
         */
        public TokenSource scheme(String value) {
            return set("scheme", value);
        }
    }

    /**
     * A store of certificates; exactly one of {@code base64} and {@code text} holds it.
     */
    public static final class TrustStore extends PolicyPart<TrustStore> {
        /** Nothing is set. */
        public TrustStore() {}

        /**
         * The store in base64.
         */
        public TrustStore base64(String value) {
            return set("base64", value);
        }

        /**
         * The alias for tokens that name no key. Default {@code gateway_certificate_alias}.
         */
        public TrustStore defaultAlias(String value) {
            return set("default_alias", value);
        }

        /**
         * The password of the store.
         */
        public TrustStore password(String value) {
            return set("password", value);
        }

        /**
         * A bundle of PEM certificates.
         */
        public TrustStore text(String value) {
            return set("text", value);
        }

        /**
         * The format.
         */
        public TrustStore type(String value) {
            return set("type", value);
        }
    }
}
