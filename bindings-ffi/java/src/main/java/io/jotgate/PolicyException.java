package io.jotgate;

/** The policy is wrong. Only making a validator throws this. */
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

    /** Where in the policy document, such as {@code issuers[0].audience}; empty for the document as a whole. */
    public String path() {
        return path;
    }

    /** What to do about it; {@code null} when there is nothing to say. */
    public String hint() {
        return hint;
    }
}
