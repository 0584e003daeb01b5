package io.jotgate;

// Made by tests/policy_types/generate.py from bindings-ffi/edge/src/numbers.rs.

/** The numbers that cross the edge to the native library. */
final class Numbers {
    /** What came of a validation. */
    static final class Verdict {
        /** The call brought no verdict. Refuse the request. */
        static final int NONE = 0;
        /** The token may pass. */
        static final int ACCEPTED = 1;
        /** The token must not pass; the code says why. */
        static final int REJECTED = 2;
        /** Nobody can say, because the issuer's keys cannot be had for now. Answer 503, not 401. */
        static final int UNAVAILABLE = 3;
        /** Keys must be got first. Do the work that is due, wait for what the verdict waits for, ask again. */
        static final int KEYS_NEEDED = 4;
        /** The policy asks for no token here: the request may pass, without claims. */
        static final int SKIPPED = 5;
        /** The token passes the policy, and the host has to be asked about it: it must not pass before the host's answer. */
        static final int UNDECIDED = 6;

        private Verdict() {}
    }

    /** What the host is asked about a token. */
    static final class Question {
        /** Whether the host knows the client that the token names. */
        static final int CLIENT = 1;
        /** Whether the token was revoked. */
        static final int REVOKED = 2;

        private Question() {}
    }

    /** What the host answers. */
    static final class Answer {
        /** The host knows the client; the token was revoked. */
        static final int YES = 1;
        /** The host does not know the client; the token was not revoked. */
        static final int NO = 2;
        /** The host cannot say: its look-up failed, or gave neither. */
        static final int FAILED = 3;

        private Answer() {}
    }

    /** Origins of tokens that no validator has. */
    static final class Origin {
        /** That of what test kits give: every validator takes it. */
        static final int ANY_VALIDATOR = 1;

        private Origin() {}
    }

    /** What kind of work is to be done. */
    static final class Work {
        /** Look into the store that processes share. */
        static final int LOAD = 1;
        /** Do one GET. */
        static final int FETCH = 2;
        /** Put a text into the store. */
        static final int SAVE = 3;

        private Work() {}
    }

    /** Why nothing came of a piece of work. */
    static final class Failure {
        /** No connection, a failed TLS handshake, a connection that broke. */
        static final int CONNECTION = 1;
        /** No end within the work's timeout. */
        static final int TIMEOUT = 2;
        /** The body was longer than the work allows. */
        static final int TOO_LARGE = 3;
        /** The host gave the work up, for instance because it shuts down. */
        static final int CANCELLED = 4;
        /** The host's own function failed. */
        static final int CALLBACK = 5;
        /** The server's certificate is not trusted, not valid now, or not for this host. */
        static final int CERTIFICATE = 6;

        private Failure() {}
    }

    /** How a policy document is written. */
    static final class Format {
        /** JSON, without duplicate members. */
        static final int JSON = 1;
        /** YAML 1.2, without anchors, tags and words that other versions of YAML read differently. */
        static final int YAML = 2;
        /** TOML 1.1, without dates and infinities. */
        static final int TOML = 3;

        private Format() {}
    }

    /** A gateway whose policies are read. */
    static final class Product {
        /** MuleSoft: the YAML of Flex Gateway or the JSON of API Manager. */
        static final int MULESOFT = 1;
        /** WSO2 API Manager: its deployment.toml, which may name a trust store. */
        static final int WSO2 = 2;

        private Product() {}
    }

    /** The type of a claim's value. */
    static final class Kind {
        /** `null`. */
        static final int NULL = 0;
        /** `true` or `false`. */
        static final int BOOLEAN = 1;
        /** A number. */
        static final int NUMBER = 2;
        /** A text. */
        static final int STRING = 3;
        /** A list. */
        static final int ARRAY = 4;
        /** An object. */
        static final int OBJECT = 5;

        private Kind() {}
    }

    /** The table of claims behind a payload. */
    static final class Member {
        /** How many bytes the record of one claim has. */
        static final int SIZE = 17;
        /** Added to the kind of the value: the name is written with escapes. */
        static final int NAME_ESCAPED = 16;
        /** Added to the kind of the value: it is a string that is written with escapes. */
        static final int TEXT_ESCAPED = 32;

        private Member() {}
    }

    private Numbers() {}
}
