package io.jotgate;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The options of a {@link JwtValidator}: one issuer, or a policy document, and how to fetch and tell the time.
 *
 * <p>Nothing is checked before {@link #build()}, and an option that is not given keeps the policy's own default. The
 * options of one issuer write the policy document; see there for what each of them means exactly. What loosens a policy
 * beyond them, such as taking every audience, a document alone can say.
 */
public final class JwtValidatorBuilder {
    /** The core's numbers for the names of this class's methods, and for those of the parts of a {@link PolicyDocument}. */
    static final int NAMES_OF_OPTIONS = 3;
    static final int NAMES_OF_DOCUMENT = 4;

    private final Map<String, Object> issuer = new LinkedHashMap<>();
    private final Map<String, Object> keys = new LinkedHashMap<>();
    private final Map<String, Object> keySets = new LinkedHashMap<>();
    private final Map<String, Object> limits = new LinkedHashMap<>();
    private @Nullable String responses;
    private @Nullable String policy;
    private Policies.@Nullable Source source;
    private @Nullable Fetcher fetcher;
    private @Nullable HttpClient httpClient;
    private @Nullable Fetcher testFetcher;
    private @Nullable KeyStore store;
    private Clock clock = Clock.systemUTC();
    private Timers timers = Timers.SYSTEM;
    private @Nullable ClientLookup clientLookup;
    private @Nullable RevocationCheck revocationCheck;
    private @Nullable ClaimsTransform transform;
    private final List<Consumer<Event>> onEvent = new ArrayList<>();

    JwtValidatorBuilder() {}

    /**
     * The whole policy as JSON text, in place of the options of one issuer. A path of {@code {"file": …}} in it starts at the
     * working directory.
     */
    public JwtValidatorBuilder policy(String json) {
        policy = Objects.requireNonNull(json, "policy");
        source = new Policies.Source(json, json, Policies.Format.JSON);
        return this;
    }

    /**
     * The whole policy in a file whose name ends in {@code .json}, {@code .yaml}, {@code .yml} or {@code .toml}, in place of the
     * options of one issuer. A path of {@code {"file": …}} in it starts at its folder.
     *
     * @throws PolicyException the text cannot be read, or the name does not tell its format
     * @throws IOException the file cannot be read
     */
    public JwtValidatorBuilder policy(Path file) throws IOException {
        source = Policies.Source.of(file);
        policy = source.document();
        return this;
    }

    /**
     * The whole policy as a text of this format, in place of the options of one issuer: for texts that are in no file. A path of
     * {@code {"file": …}} in it starts at the working directory.
     *
     * @throws PolicyException the text cannot be read
     */
    public JwtValidatorBuilder policy(String text, Policies.Format format) {
        source = Policies.Source.of(text, format, null);
        policy = source.document();
        return this;
    }

    /** The whole policy, in place of the options of one issuer. */
    public JwtValidatorBuilder policy(PolicyDocument document) {
        policy = Json.write(document.members);
        source = null;
        return this;
    }

    /** The issuer's names: {@code iss} must be one of them, byte for byte. Required. */
    public JwtValidatorBuilder issuer(String... names) {
        return set(issuer, "issuer", List.of(names));
    }

    /** The audiences: {@code aud} must hold one of them. Required. */
    public JwtValidatorBuilder audience(String... audiences) {
        return set(issuer, "audience", List.of(audiences));
    }

    /**
     * Whether the issuer's metadata says where its key set lies (RFC 8414, OpenID Connect Discovery). Default: it does where
     * no other source of keys is given and the one issuer is a URL.
     */
    public JwtValidatorBuilder discovery(boolean follows) {
        return set(keys, "discovery", follows);
    }

    /** The URL of the issuer's metadata, where it does not follow from the issuer's name. */
    public JwtValidatorBuilder discovery(String url) {
        return set(keys, "discovery", url);
    }

    /** Where the issuer publishes its key set: {@code https}, or {@code http} on this machine. */
    public JwtValidatorBuilder jwksUri(String... uris) {
        return set(keys, "jwks_uri", List.of(uris));
    }

    /** Where the issuer publishes its key set. */
    public JwtValidatorBuilder jwksUri(URI uri) {
        return jwksUri(uri.toString());
    }

    /** A key set as JSON text (RFC 7517 section 5). */
    public JwtValidatorBuilder jwks(String json) {
        return set(keys, "jwks", new Json.Raw(Objects.requireNonNull(json, "jwks")));
    }

    /** One public key as PEM text. */
    public JwtValidatorBuilder pem(String pem) {
        return set(keys, "pem", pem);
    }

    /** An HMAC secret: at least 32 random bytes. Copied. */
    public JwtValidatorBuilder secret(byte[] secret) {
        return set(keys, "secret", Map.of("hex", HexFormat.of().formatHex(secret)));
    }

    /** The algorithms that may be used (RFC 7518 section 3.1). Default: every asymmetric one that fits a key. */
    public JwtValidatorBuilder algorithms(String... algorithms) {
        return set(issuer, "algorithms", List.of(algorithms));
    }

    /** The header's {@code typ} must be one of these. Default: any but those of other things than access tokens. */
    public JwtValidatorBuilder type(String... types) {
        return set(issuer, "typ", List.of(types));
    }

    /** The standard that the issuer's access tokens follow: {@code rfc9068}. Default: none. */
    public JwtValidatorBuilder profile(String profile) {
        return set(issuer, "profile", profile);
    }

    /** Takes tokens that are bound to a key ({@code cnf}) as bearer tokens. Default: they are refused. */
    public JwtValidatorBuilder ignoreConfirmation() {
        return set(issuer, "confirmation", "ignore");
    }

    /** The claims that must be there. Default: {@code exp}, so name it too. */
    public JwtValidatorBuilder requiredClaims(String... names) {
        return set(issuer, "required_claims", List.of(names));
    }

    /** How far the issuer's clock may differ. Default: 5 seconds; at most 300. */
    public JwtValidatorBuilder acceptLeeway(Duration leeway) {
        return set(issuer, "leeway", Json.seconds(leeway));
    }

    /** How long ago a token may have been issued. Default: not checked. */
    public JwtValidatorBuilder maxAge(Duration age) {
        return set(issuer, "max_age", Json.seconds(age));
    }

    /** The longest time from {@code iat} to {@code exp}. Default: not checked. */
    public JwtValidatorBuilder maxLifetime(Duration lifetime) {
        return set(issuer, "max_lifetime", Json.seconds(lifetime));
    }

    /** Refuses tokens whose {@code iat} lies ahead. Default: they pass. */
    public JwtValidatorBuilder rejectFutureIssuedAt() {
        return set(issuer, "reject_future_iat", true);
    }

    /** The client ids that may call. Default: not checked. */
    public JwtValidatorBuilder clientIds(String... allowed) {
        return clients(List.of(allowed));
    }

    /** Leaves it to {@link #clientLookup} which clients may call. */
    public JwtValidatorBuilder clientIdsByLookup() {
        return clients("host");
    }

    /** The scopes that a token must all have. Default: not checked. */
    public JwtValidatorBuilder requiredScopes(String... scopes) {
        return set(issuer, "scopes", Map.of("all", List.of(scopes)));
    }

    /** Tries every key, up to four, for a token that names none. Default: such a token needs a single fitting key. */
    public JwtValidatorBuilder tryAllKeys() {
        return set(issuer, "try_all_keys", true);
    }

    /** How long a fetched key set is fresh when its answer does not say, and the most that the answer may say. */
    public JwtValidatorBuilder jwksTtl(Duration ttl) {
        return set(keySets, "ttl", Json.seconds(ttl));
    }

    /** How long a fetched key set may be used while the issuer cannot be reached. */
    public JwtValidatorBuilder jwksMaxStale(Duration maxStale) {
        return set(keySets, "max_stale", Json.seconds(maxStale));
    }

    /** The longest time that one fetch may take, the body included. */
    public JwtValidatorBuilder jwksTimeout(Duration timeout) {
        return set(keySets, "timeout", Json.seconds(timeout));
    }

    /** The time within which unknown key ids cause no more than two fetches. */
    public JwtValidatorBuilder jwksCooldown(Duration cooldown) {
        return set(keySets, "cooldown", Json.seconds(cooldown));
    }

    /** The longest key set to read, in bytes. */
    public JwtValidatorBuilder jwksMaxBody(int bytes) {
        return set(keySets, "max_body", bytes);
    }

    /** The longest token to look at, in bytes. */
    public JwtValidatorBuilder maxTokenBytes(int bytes) {
        return set(limits, "token_bytes", bytes);
    }

    /** The manner of {@link HttpAnswer}s: {@code rfc6750}, {@code mulesoft}, {@code mulesoft-2020} or {@code wso2}. */
    public JwtValidatorBuilder responses(String preset) {
        responses = Objects.requireNonNull(preset, "responses");
        return this;
    }

    /** Fetches key sets in the application's own way. */
    public JwtValidatorBuilder fetcher(Fetcher fetcher) {
        this.fetcher = Objects.requireNonNull(fetcher, "fetcher");
        return this;
    }

    /** Fetches key sets with this client, for proxies and trust stores of its own. It must not follow redirects. */
    public JwtValidatorBuilder httpClient(HttpClient client) {
        if (client.followRedirects() != HttpClient.Redirect.NEVER) {
            throw new IllegalArgumentException("the HTTP client must not follow redirects");
        }
        httpClient = client;
        return this;
    }

    /** Shares fetched key sets with other processes and hosts. Default: each fetches its own. */
    public JwtValidatorBuilder store(KeyStore store) {
        this.store = Objects.requireNonNull(store, "store");
        return this;
    }

    /** Tells the time. Default: the system's clock. */
    public JwtValidatorBuilder clock(Clock clock) {
        this.clock = Objects.requireNonNull(clock, "clock");
        return this;
    }

    /**
     * Asks the application whether it knows a token's client, where the policy says {@code client_id.allowed: host}.
     * Without this such a policy is refused.
     */
    public JwtValidatorBuilder clientLookup(ClientLookup lookup) {
        clientLookup = Objects.requireNonNull(lookup, "lookup");
        return this;
    }

    /** Asks the application whether a token that passes everything else was revoked. */
    public JwtValidatorBuilder revocationCheck(RevocationCheck check) {
        revocationCheck = Objects.requireNonNull(check, "check");
        return this;
    }

    /** Changes what the application sees of the claims. */
    public JwtValidatorBuilder transform(ClaimsTransform transform) {
        this.transform = Objects.requireNonNull(transform, "transform");
        return this;
    }

    /**
     * Tells of fetches, of keys that come and go, and of refusals; given several times, it tells all. Called on the threads that validate and fetch, so it
     * should return soon; several may call it at once, but events of key sets come one after the other, in their order.
     * It may use the validator. An exception goes to the system logger {@code io.jotgate} and changes nothing.
     */
    public JwtValidatorBuilder onEvent(Consumer<Event> onEvent) {
        this.onEvent.add(Objects.requireNonNull(onEvent, "onEvent"));
        return this;
    }

    /**
     * Makes the validator. Nothing is fetched yet.
     *
     * @throws PolicyException the policy is refused
     * @throws IllegalStateException options exclude each other
     * @throws UnsatisfiedLinkError there is no native library for this platform
     */
    public JwtValidator build() {
        if (testFetcher == null && fetcher != null && httpClient != null) {
            throw new IllegalStateException("give a fetcher or an HTTP client, not both");
        }
        Core core = core();
        Fetcher asked = testFetcher == null ? fetcher : testFetcher;
        Transport transport = asked == null ? new HttpTransport(httpClient) : new CallbackTransport(asked);
        EventTeller events = new EventTeller(onEvent);
        HostChecks host = new HostChecks(clientLookup, revocationCheck, transform, events, clock);
        return new JwtValidator(new Driver(core, clock, transport, store, events, timers), host);
    }

    /** In place of the policy, or of the options that stand for one, the same with the keys of a test, which does all fetches. */
    void putTestKeys(String json, Fetcher test) {
        List.of(issuer, keys, keySets, limits).forEach(Map::clear);
        responses = null;
        policy(json);
        testFetcher = test;
    }

    /** For tests that set the time themselves. */
    JwtValidatorBuilder timers(Timers timers) {
        this.timers = timers;
        return this;
    }

    private Core core() {
        return located(document -> Core.open(document, clientLookup != null, revocationCheck != null, store != null));
    }

    /** What is made of the policy that the options stand for, as JSON text; what is wrong is told in the words that were written. */
    <T> T located(Function<String, T> make) {
        try {
            return make.apply(document());
        } catch (PolicyException problem) {
            throw told(problem);
        }
    }

    private PolicyException told(PolicyException problem) {
        if (source != null) {
            return source.locate(problem);
        }
        List<String> given = new ArrayList<>();
        keys.keySet().forEach(name -> given.add(name.equals("jwks_uri") ? "jwksUri" : name));
        if (issuer.get("client_id") instanceof Map<?, ?> clients && "host".equals(clients.get("allowed"))) {
            given.add("clientIdsByLookup");
        }
        return References.inNames(problem, policy == null ? NAMES_OF_OPTIONS : NAMES_OF_DOCUMENT, given);
    }

    private String document() {
        boolean options = responses != null
                || !(issuer.isEmpty() && keys.isEmpty() && keySets.isEmpty() && limits.isEmpty());
        if (policy != null) {
            if (options) {
                throw new IllegalStateException("give a policy document or the options of one issuer, not both");
            }
            return policy;
        }
        Map<String, Object> entry = new LinkedHashMap<>(issuer);
        putUnlessEmpty(entry, "keys", keys);
        putUnlessEmpty(entry, "jwks", keySets);
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("version", 1);
        document.put("issuers", List.of(entry));
        putUnlessEmpty(document, "limits", limits);
        if (responses != null) {
            document.put("responses", responses);
        }
        return Json.write(document);
    }

    /** A list of clients and a look-up of them say different things, and neither may win in silence. */
    private JwtValidatorBuilder clients(Object allowed) {
        Object before = issuer.get("client_id");
        if (before instanceof Map<?, ?> given && "host".equals(given.get("allowed")) != allowed.equals("host")) {
            throw new IllegalStateException("give a list of client ids or leave them to a look-up, not both");
        }
        return set(issuer, "client_id", Map.of("allowed", allowed));
    }

    private static void putUnlessEmpty(Map<String, Object> into, String name, Map<String, Object> value) {
        if (!value.isEmpty()) {
            into.put(name, value);
        }
    }

    private JwtValidatorBuilder set(Map<String, Object> where, String name, Object value) {
        where.put(name, Objects.requireNonNull(value, name));
        return this;
    }
}
