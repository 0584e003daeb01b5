package io.jotgate;

import org.jspecify.annotations.Nullable;

/**
 * The functions of the native library.
 *
 * <p>None of them throws. {@code null} and {@code false} mean that a call failed, and every caller turns that into an
 * {@link InternalErrorException}, so that a failure lets no token pass. A {@code handle} is an address: {@link Handle}
 * alone knows when it may be used.
 */
final class Native {
    private Native() {}

    /** Puts the new validator into {@code handle[0]}, or gives the policy error: a flat list of path, message, hint. */
    static native byte @Nullable [] open(byte[] policy, long seed, boolean clientLookup, boolean revocationCheck,
            boolean store, long[] handle);

    /**
     * Puts the validator of another policy, in the place of this one, into {@code next[0]}, or gives the policy error as {@link
     * #open} does. Both are closed, each once.
     */
    static native byte @Nullable [] replace(long handle, byte[] policy, long now, long[] next);

    static native void close(long handle);

    /**
     * Gives a verdict record, see {@link Verdict}, for the time {@code asOf} with the keys of now. {@code request} is a list of
     * texts: method, path, query, name, value, name, value, … ; it counts where {@code token} is null.
     */
    static native byte @Nullable [] validate(long handle, byte @Nullable [] token, byte @Nullable [] request, long asOf, long now);

    /**
     * Gives the verdict records on many tokens, each with its length in four bytes in front, in their order. {@code tokens} is a
     * list of texts; {@code threads} is the most threads to use, the calling one among them.
     */
    static native byte @Nullable [] validateMany(long handle, byte[] tokens, int threads, long asOf, long now);

    /**
     * Gives the length of the header, that of the payload and the count of the claims in four bytes each, header, payload and the
     * table of the claims, see {@link Members}. {@link Undecided} alone knows when {@code undecided} may be used, an address too.
     */
    static native byte @Nullable [] undecidedTexts(long undecided);

    /** Gives a verdict record; the answer is one of {@link Numbers.Answer}. Uses the address up. */
    static native byte @Nullable [] answerQuestion(long undecided, int answer);

    /** Uses the address up. */
    static native void giveUp(long undecided);

    /** Gives a flat list of the explanation as a map, as JSON, as text and as coloured text, of what validate takes. */
    static native byte @Nullable [] explain(long handle, byte @Nullable [] token, byte @Nullable [] request, long asOf, long now);

    /** Gives the parts of requests that the policy reads as a flat map, see {@link RequestParts}. */
    static native byte @Nullable [] reads(long handle);

    /** Whether the policy changes requests that go on. */
    static native boolean forwards(long handle);

    /**
     * Gives a flat list of the header fields to remove, of name, value, name, value, … of those to set, and of the query or
     * null. {@code request} is as for {@link #validateRequest}; {@code payload} is null where no token was accepted.
     */
    static native byte @Nullable [] forward(long handle, byte[] request, byte @Nullable [] payload);

    /** Gives a piece of work as a flat list, see {@link Work}, or nothing at all when there is none. */
    static native byte @Nullable [] pollWork(long handle, long now);

    /** {@code fields} is a list of texts: name, value, name, value, … */
    static native boolean reportFetched(long handle, long id, int status, byte[] fields, byte[] body, long now);

    /** {@code text} may be null. Gives what is wrong with it as a flat text, or nothing at all when nothing is. */
    static native byte @Nullable [] reportLoaded(long handle, long id, byte @Nullable [] text, long now);

    static native boolean reportSaved(long handle, long id, long now);

    /** {@code failure} is one of {@link Numbers.Failure}; {@code cause} is what the application's side says of it, in UTF-8. */
    static native boolean reportFailed(long handle, long id, int failure, byte[] cause, long now);

    /** Puts the new requirement into {@code handle[0]}, or gives the policy error: a flat list of path, message, hint. */
    static native byte @Nullable [] openRequirement(byte[] document, long[] handle);

    static native void closeRequirement(long requirement);

    /**
     * Gives the verdict record of a refusal, or an empty array where the token is what the requirement asks for. {@code header} is
     * null for a request without a token, {@code scopeClaim} for the usual claims.
     */
    static native byte @Nullable [] require(long handle, long requirement, byte @Nullable [] header, byte @Nullable [] payload,
            byte @Nullable [] scopeClaim,
            long origin, int issuer, long judgedFor);

    /** Gives a flat list of the scopes of an accepted token; {@code scopeClaim} is null for the usual claims. */
    static native byte @Nullable [] scopes(byte[] payload, byte @Nullable [] scopeClaim);

    /**
     * Gives status, header fields and body; -1 stands for an issuer or a route that is not known, and 0 for no requirement of the
     * endpoint.
     */
    static native byte @Nullable [] answer(
            long handle, long requirement, int code, int issuer, int route, boolean retries, long retryAt, long now);

    /** Gives how the key sets are, as a flat map. */
    static native byte @Nullable [] health(long handle, long now);

    /** Makes every source due. */
    static native boolean refreshKeys(long handle);

    /** Gives the oldest event that was not taken yet as a flat map, or nothing at all when there is none. */
    static native byte @Nullable [] pollEvent(long handle);

    /** Gives the oldest warning for the log that was not taken yet in UTF-8, or nothing at all when there is none. */
    static native byte @Nullable [] pollWarning(long handle);

    /** Gives the fetched key sets as text in UTF-8. */
    static native byte @Nullable [] exportKeys(long handle);

    /** Gives for how many sources the snapshot was of use, or the text of what is wrong with it. */
    static native byte @Nullable [] importKeys(long handle, byte[] snapshot, long now);

    /** Gives a flat list of the JSON text alone, or of path, message and hint of the policy error. */
    static native byte @Nullable [] policyJson(byte[] text, int format);

    /** Line and column of each path in a document; the texts are the document and then the paths. */
    static native byte @Nullable [] places(byte[] texts, int format);

    /**
     * Path, message and hint of problems in other names; the texts are the names of options, with spaces between them, and then
     * path, message and hint of each, an empty one for none.
     */
    static native byte @Nullable [] told(byte[] texts, int names);

    /** What a document leaves to the host to read: kind, name and most bytes, one behind the other. */
    static native byte @Nullable [] references(byte[] policy);

    /** The document with what was read: a word and the bytes of each text behind the document. */
    static native byte @Nullable [] fillReferences(byte[] texts);

    /** Gives a flat list of the list of warnings alone, or of path, message and hint of the policy error. */
    static native byte @Nullable [] lint(byte[] policy);

    /**
     * Gives a flat list of the import and its policy as JSON text, or of path, message and hint of the policy error;
     * {@code null} for an unknown product. The texts are the product's name, the policy, and then name, content, name,
     * content, … of further files, each with its length in four bytes in front.
     */
    static native byte @Nullable [] importPolicy(byte[] texts);

    /** Gives a flat list of the names of all products. */
    static native byte @Nullable [] products();

    /** Gives the JSON Schema of the policy document as text in UTF-8. */
    static native byte @Nullable [] schema();

    /** Gives the flat value of a JSON text that a validation gave. */
    static native byte @Nullable [] values(byte[] json);

    /** Puts the new issuer of the test kit into {@code handle[0]}, or gives what is wrong: a flat list of path, message, hint. */
    static native byte @Nullable [] openTestIssuer(byte[] options, long[] handle);

    /** Gives a flat list of what comes of the word alone, or of path, message and hint. {@link TestIssuer} has the address. */
    static native byte @Nullable [] callTestIssuer(long handle, byte[] word, byte[] arguments);

    static native void closeTestIssuer(long handle);

    /** Gives a flat list of what the test kit makes of each code. */
    static native byte @Nullable [] testRecipes();

    /** Gives the version of the library, then the number and the name of every code. */
    static native byte @Nullable [] about();
}
