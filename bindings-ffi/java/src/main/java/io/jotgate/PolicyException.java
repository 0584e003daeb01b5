package io.jotgate;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The policy is wrong. Only making a validator, and {@link Policies}, throw this. */
public final class PolicyException extends JotgateException {
    private static final long serialVersionUID = 1L;

    private final String path;
    private final @Nullable String hint;
    private final transient @Nullable List<Problem> problems;

    /**
     * One thing that is wrong with a policy.
     *
     * @param path where, as {@link PolicyException#path} says
     * @param message what is wrong; the wording may change
     * @param hint what to do about it; {@code null} when there is nothing to say
     * @param line the line in the document's text, from 1 on; 0 where there is no text
     * @param column the column in that line, from 1 on; 0 where there is no text
     */
    public record Problem(String path, String message, @Nullable String hint, int line, int column) {
        @Override
        public String toString() {
            String place = line == 0 ? "" : "line " + line + ", column " + column;
            String places = path.isEmpty() || path.equals(place) ? place : place.isEmpty() ? path : path + ", " + place;
            return (places.isEmpty() ? "" : places + ": ") + message + (hint == null ? "" : " (" + hint + ")");
        }

        Problem at(int foundLine, int foundColumn) {
            return line > 0 ? this : new Problem(path, message, hint, foundLine, foundColumn);
        }

        /** The same with a word for the path that leads to this place, or to what it is in. */
        private Problem toldAs(String outer, String word) {
            boolean isInside = path.startsWith(outer);
            if (!isInside && (path.isEmpty() || !outer.startsWith(path))) {
                return this;
            }
            return new Problem(word + (isInside ? path.substring(outer.length()) : ""), message, hint, line, column);
        }
    }

    PolicyException(String path, String message, @Nullable String hint) {
        this(List.of(new Problem(path, message, hint, 0, 0)));
    }

    /** At least one problem. */
    PolicyException(List<Problem> problems) {
        super(Code.POLICY_ERROR, words(problems), -1, -1, null);
        this.path = problems.get(0).path();
        this.hint = problems.get(0).hint();
        this.problems = List.copyOf(problems);
    }

    /** The same with a word for a path of the document, and for what that is in. */
    PolicyException toldAs(String path, String word) {
        return new PolicyException(problems().stream().map(problem -> problem.toldAs(path, word)).toList());
    }

    /** Reads path, message and hint, and perhaps everything that is wrong. */
    static PolicyException of(List<?> parts) {
        if (parts.size() < 4) {
            return new PolicyException((String) parts.get(0), (String) parts.get(1), (String) parts.get(2));
        }
        List<?> told = (List<?>) parts.get(3);
        List<Problem> problems = new ArrayList<>();
        for (int at = 0; at + 4 < told.size(); at += 5) {
            problems.add(new Problem((String) told.get(at), (String) told.get(at + 1), (String) told.get(at + 2),
                    ((Number) told.get(at + 3)).intValue(), ((Number) told.get(at + 4)).intValue()));
        }
        return new PolicyException(problems);
    }

    /**
     * Where, in the words that were written: {@code acceptLeeway} of a {@link JwtValidatorBuilder}, {@code issuers[0].requiredClaims} of
     * a {@link PolicyDocument}, {@code issuers[0].required_claims} of a text; empty for the policy as a whole.
     */
    public String path() {
        return path;
    }

    /** What to do about it; {@code null} when there is nothing to say. */
    public @Nullable String hint() {
        return hint;
    }

    /** Everything that is wrong, at most 20 things: that of {@link #path} first. Empty after the exception was serialized. */
    public List<Problem> problems() {
        return problems == null ? List.of() : problems;
    }

    private static String words(List<Problem> problems) {
        List<Problem> others = problems.subList(1, problems.size());
        String more = others.stream().map(problem -> "\n  " + problem).collect(Collectors.joining());
        return problems.get(0) + (others.isEmpty() ? "" : "\nand " + others.size() + " more:" + more);
    }
}
