package io.jotgate;

import java.util.List;

/** The policy is wrong. Only making a validator, and {@link Policies}, throw this. */
public final class PolicyException extends JotgateException {
    private static final long serialVersionUID = 1L;

    private final String path;
    private final String hint;

    PolicyException(String path, String message, String hint) {
        super(Code.POLICY_ERROR, (path.isEmpty() ? "" : path + ": ") + message + (hint == null ? "" : " (" + hint + ")"),
                -1, -1, null);
        this.path = path;
        this.hint = hint;
    }

    /** Reads path, message and hint. */
    static PolicyException of(List<?> parts) {
        return new PolicyException((String) parts.get(0), (String) parts.get(1), (String) parts.get(2));
    }

    /** Where in the policy document, such as {@code issuers[0].audience}; empty for the document as a whole. */
    public String path() {
        return path;
    }

    /** What to do about it; {@code null} when there is nothing to say. */
    public String hint() {
        return hint;
    }
}
