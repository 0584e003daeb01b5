package io.jotgate;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Validates tokens against one policy, and keeps the key sets that the policy names fresh.
 *
 * <pre>{@code
 * JwtValidator validator = JwtValidator.builder()
 *         .issuer("https://idp.example.com/")
 *         .audience("https://api.example.com")
 *         .build();
 * VerifiedJwt jwt = validator.validate(token);
 * }</pre>
 *
 * <p>Make one and share it: any number of threads may use it at once. It has no thread of its own, and a validation
 * whose keys are at hand does no I/O. Key sets are fetched when they are first needed; callers that need the same one
 * wait for one fetch. Closing is optional: what nobody reaches any more is freed.
 */
public final class JwtValidator implements AutoCloseable {
    private final Driver driver;
    private final HostChecks host;

    JwtValidator(Driver driver, HostChecks host) {
        this.driver = driver;
        this.host = host;
    }

    /** Starts a validator with options, for one issuer or from a policy document. */
    public static JwtValidatorBuilder builder() {
        return new JwtValidatorBuilder();
    }

    /**
     * Makes a validator from a policy document.
     *
     * @param policy JSON text
     * @throws PolicyException the document is refused
     */
    public static JwtValidator fromPolicy(String policy) {
        return builder().policy(policy).build();
    }

    /**
     * Makes a validator from a policy file whose name ends in {@code .json}, {@code .yaml}, {@code .yml} or {@code .toml}.
     *
     * @throws PolicyException the policy is refused; its problems have the lines of the file
     * @throws IOException the file cannot be read
     */
    public static JwtValidator fromPolicy(Path file) throws IOException {
        return builder().policy(file).build();
    }

    /**
     * Judges by another policy from now on. It is checked first: a document that is wrong is refused as {@link #fromPolicy} refuses
     * it, and changes nothing. Validations that have begun end under the policy before; later ones see this one alone.
     *
     * <p>Key sets of sources whose place and options are the same stay, with their age and their pauses after failures; others are
     * fetched when they are needed. What the builder was given beside the policy stays. {@link Event.Kind#POLICY_REPLACED} tells of it.
     *
     * @param policy JSON text
     * @throws PolicyException the document is refused; nothing has changed
     * @throws IllegalStateException the validator is closed
     */
    public void replace(String policy) {
        driver.replace(Objects.requireNonNull(policy, "policy"));
    }

    /** {@link #replace(String)} with a typed document. */
    public void replace(PolicyDocument document) {
        try {
            replace(Json.write(document.members));
        } catch (PolicyException problem) {
            throw References.inNames(problem, JwtValidatorBuilder.NAMES_OF_DOCUMENT, List.of());
        }
    }

    /** {@link #replace(String)} with the options of one issuer, or the policy, that a builder was given; all else of it is left aside. */
    public void replace(JwtValidatorBuilder options) {
        options.located(document -> {
            driver.replace(document);
            return null;
        });
    }

    /**
     * Validates a token. Blocks only while a key set that it needs is fetched.
     *
     * @param token the compact form, without the word {@code Bearer}
     * @throws InvalidTokenException the token must not pass
     * @throws KeysUnavailableException nobody can say, for now
     * @throws InternalErrorException a bug; the token must not pass
     * @throws IllegalStateException the validator is closed
     */
    public VerifiedJwt validate(String token) {
        return host.token(driver.verdict(driver.core(), Question.of(token, null)));
    }

    /**
     * Says whether a token could have passed at another time, with the keys of now: for audits, and for replays of old
     * tokens. The key sets go by the validator's clock, as ever. All else is as for {@link #validate}.
     */
    public VerifiedJwt validateAsOf(String token, Instant asOf) {
        return host.token(driver.verdict(driver.core(), Question.of(token, Objects.requireNonNull(asOf, "asOf"))));
    }

    /**
     * Validates many tokens: what {@link #validate} gives or throws for each, as a value, in their order.
     *
     * <p>They are judged by as many threads as {@link Runtime#availableProcessors} says, which end with the call. Each key set
     * is fetched once for all of them, and this blocks until the last one has its verdict. After that the application's own
     * checks are asked, one token after the other, and events tell of refusals in the same order. A thread that is interrupted
     * while it waits for keys gets a {@link KeysUnavailableException} for those tokens alone that have no verdict yet, and keeps
     * its interrupt flag.
     *
     * @return as many as there are tokens; unmodifiable
     * @throws NullPointerException one of the tokens is {@code null}; none has been judged
     * @throws InternalErrorException a bug that is not one token's alone; none must pass
     * @throws IllegalStateException the validator is closed
     */
    public List<JwtOutcome> validateMany(List<String> tokens) {
        return judged(tokens, null);
    }

    /** {@link #validateMany} for another time, as {@link #validateAsOf} is for {@link #validate}. */
    public List<JwtOutcome> validateManyAsOf(List<String> tokens, Instant asOf) {
        return judged(tokens, Objects.requireNonNull(asOf, "asOf"));
    }

    /**
     * Finds the token in a request, where the policy looks for it, and validates it.
     *
     * @return the token; empty when a route of the policy lets the request through without one
     * @throws MissingTokenException there is none, and one is needed
     * @throws InvalidTokenException the token must not pass
     * @throws KeysUnavailableException nobody can say, for now
     * @throws InternalErrorException a bug; the request must not pass
     * @throws IllegalStateException the validator is closed
     */
    public Optional<VerifiedJwt> validateRequest(JwtRequest request) {
        Core core = driver.core();
        return host.request(driver.verdict(core, Question.of(request, core.reads, null)));
    }

    /**
     * {@link #validateRequest(JwtRequest)} of what {@code request} makes for the parts that the policy reads which judges it. Whoever
     * leaves parts of a request out has to do it in here: after {@link #replace} another policy may read others.
     */
    public Optional<VerifiedJwt> validateRequest(Function<RequestParts, JwtRequest> request) {
        Core core = driver.core();
        return host.request(driver.verdict(core, Question.of(request.apply(core.reads), core.reads, null)));
    }

    /** {@link #validateRequest(JwtRequest)} for another time, as {@link #validateAsOf} is for {@link #validate}. */
    public Optional<VerifiedJwt> validateRequestAsOf(JwtRequest request, Instant asOf) {
        Core core = driver.core();
        return host.request(driver.verdict(core, Question.of(request, core.reads, Objects.requireNonNull(asOf, "asOf"))));
    }

    /**
     * Validates a token without ever blocking. The signature is checked on the calling thread when the keys are at hand,
     * else on the default executor of {@link CompletableFuture}; the application's own checks run there too.
     *
     * @return fails with what {@link #validate} throws; cancelling it ends no fetch
     */
    public CompletableFuture<VerifiedJwt> validateAsync(String token) {
        return later(driver.core(), Question.of(token, null), host::token);
    }

    /** Finds the token in a request and validates it without ever blocking, as {@link #validateAsync} does. */
    public CompletableFuture<Optional<VerifiedJwt>> validateRequestAsync(JwtRequest request) {
        Core core = driver.core();
        return later(core, Question.of(request, core.reads, null), host::request);
    }

    /**
     * Says why a token may pass, or why not. Keys that are missing are fetched first, as {@link #validate} does. The
     * application's own checks are not asked.
     *
     * @throws IllegalStateException the validator is closed
     */
    public Explanation explain(String token) {
        return explain(driver.core(), Question.of(token, null));
    }

    /** {@link #explain} for another time, as {@link #validateAsOf} is for {@link #validate}. */
    public Explanation explainAsOf(String token, Instant asOf) {
        return explain(driver.core(), Question.of(token, Objects.requireNonNull(asOf, "asOf")));
    }

    /**
     * Says why a request may pass, or why not: its route and the place of its token come first. All else is as for {@link
     * #explain}.
     */
    public Explanation explainRequest(JwtRequest request) {
        Core core = driver.core();
        return explain(core, Question.of(request, core.reads, null));
    }

    /** {@link #explainRequest} for another time. */
    public Explanation explainRequestAsOf(JwtRequest request, Instant asOf) {
        Core core = driver.core();
        return explain(core, Question.of(request, core.reads, Objects.requireNonNull(asOf, "asOf")));
    }

    /**
     * Asks a token that was accepted for what an endpoint needs beside what the policy asks.
     *
     * @throws InvalidTokenException it is not what is asked for, with the codes that a route would give: {@link
     *     InsufficientScopeException}, {@link MissingClaimException}, {@link Code#CLAIM_REJECTED}, {@link Code#INVALID_CLAIM}
     * @throws InternalErrorException a bug, or a token of another validator; the request must not pass
     * @throws IllegalStateException the validator is closed
     */
    public void require(VerifiedJwt jwt, JwtRequirement requirement) {
        require(Optional.of(jwt), requirement);
    }

    /**
     * {@link #require(VerifiedJwt, JwtRequirement)} for what {@link #validateRequest} gave.
     *
     * @return the token
     * @throws MissingTokenException a route of the policy let the request through without one
     */
    public VerifiedJwt require(Optional<VerifiedJwt> jwt, JwtRequirement requirement) {
        Verdict refusal = driver.core().require(jwt, requirement);
        if (refusal != null) {
            host.token(refusal);
            throw new InternalErrorException("the native library gave a refusal that refuses nothing");
        }
        return jwt.orElseThrow(() -> new InternalErrorException("a request without a token is never what is asked for"));
    }

    /**
     * The HTTP answer to a request that may not pass, for use in a filter.
     *
     * @param problem what a validation threw; anything but an exception of this library is answered as {@link
     *     Code#INTERNAL_ERROR}
     * @throws IllegalStateException the validator is closed
     */
    public HttpAnswer answerTo(Throwable problem) {
        return answer(problem, null);
    }

    /**
     * {@link #answerTo(Throwable)} for an endpoint that asks for something itself: where a scope lacks, the challenge names those of
     * the requirement too.
     *
     * @param problem what a validation or {@link #require} threw
     * @throws IllegalStateException the validator is closed
     */
    public HttpAnswer answerTo(Throwable problem, JwtRequirement requirement) {
        return answer(problem, Objects.requireNonNull(requirement, "requirement"));
    }

    /**
     * The parts of requests that the policy reads. Every method that takes a {@link JwtRequest} looks at these alone, so what
     * makes one for each request may leave the others out.
     */
    public RequestParts reads() {
        return driver.core().reads;
    }

    /** Whether the policy has a {@code forward}: whoever hands requests on must then apply it. */
    public boolean forwards() {
        return driver.core().forwards;
    }

    /**
     * How the policy's {@code forward} changes a request before it goes on to the application: header fields set from
     * claims, such fields of the client's taken out, and the token taken out.
     *
     * <p>The filters of this library do it. Elsewhere call it for every request that goes on, also for one that was let
     * through without a token: a header field that claims could set must not come from the client. The claims are those
     * that were signed, whatever a {@link ClaimsTransform} has made of them.
     *
     * @param request the request as it came
     * @param jwt what {@link #validateRequest} gave for it
     * @throws IllegalStateException the validator is closed, and its policy has a {@code forward}
     */
    public Forward forward(JwtRequest request, Optional<VerifiedJwt> jwt) {
        return forward(reads -> request, jwt);
    }

    /** {@link #forward(JwtRequest, Optional)} of what {@code request} makes for the parts that the policy reads. */
    public Forward forward(Function<RequestParts, JwtRequest> request, Optional<VerifiedJwt> jwt) {
        Core core = driver.core();
        if (!core.forwards) {
            return Forward.NOTHING;
        }
        return core.forward(request.apply(core.reads).texts(core.reads), jwt.map(VerifiedJwt::payload).orElse(null));
    }

    /**
     * How the key sets are, for health checks and metrics. Starts no fetch.
     *
     * @throws IllegalStateException the validator is closed
     */
    public KeyHealth health() {
        return driver.core().health(driver.now());
    }

    /**
     * Starts a fetch for every key set, past all caches, except for those that wait after a failure: for an operator who
     * knows that keys were revoked, and for warming up before the first token. Does not wait for the answers.
     *
     * @throws IllegalStateException the validator is closed
     */
    public void refreshKeys() {
        driver.refreshKeys();
    }

    /**
     * The fetched key sets as text, for {@link #importKeys} of a later process or another host. It holds public keys and
     * URLs, and whoever can change it can make tokens pass: store it like the policy.
     *
     * @throws IllegalStateException the validator is closed
     */
    public String exportKeys() {
        return driver.core().exportKeys();
    }

    /**
     * Begins with the key sets that {@link #exportKeys} wrote, as if they had been fetched when they were. A set counts
     * only for the URL that it came from, while it is not past the policy's {@code max_stale}, and if it is newer than
     * the set at hand.
     *
     * @return for how many sources that was of use
     * @throws IllegalArgumentException the text is no snapshot, holds a document that is no key set, or one from the
     *     future; then nothing has changed
     * @throws IllegalStateException the validator is closed
     */
    public int importKeys(String snapshot) {
        return driver.importKeys(snapshot);
    }

    /** Asks the policy without asking the application: for adapters to other kinds of concurrency, such as that of {@code jotgate-kotlin}. */
    public JwtJudge judge() {
        return new JwtJudge(driver, host);
    }

    /**
     * Refuses every validation from now on and frees the native memory as soon as the running ones have ended. Those
     * that wait for keys throw {@link IllegalStateException}.
     */
    @Override
    public void close() {
        driver.close();
    }

    private HttpAnswer answer(Throwable problem, @Nullable JwtRequirement requirement) {
        Core core = driver.core();
        Throwable cause = problem instanceof CompletionException && problem.getCause() != null
                ? problem.getCause() : problem;
        if (!(cause instanceof JotgateException known)) {
            return core.answer(requirement, Code.INTERNAL_ERROR, -1, -1, null, 0);
        }
        Instant retryAt = known instanceof KeysUnavailableException unavailable ? unavailable.retryAt() : null;
        return core.answer(requirement, known.code(), known.issuerIndex(), known.routeIndex(), retryAt, driver.now());
    }

    private List<JwtOutcome> judged(List<String> tokens, @Nullable Instant asOf) {
        try (Batch batch = new Batch(tokens, asOf)) {
            driver.judge(batch);
            return batch.outcomes(host);
        }
    }

    private Explanation explain(Core core, Question question) {
        driver.verdict(core, question).dismiss();
        return core.explain(question, driver.now());
    }

    private <T> CompletableFuture<T> later(Core core, Question question, Function<Verdict, T> outcome) {
        try {
            return driver.verdictLater(core, question).thenApply(outcome);
        } catch (RuntimeException problem) {
            return CompletableFuture.failedFuture(problem);
        }
    }
}
