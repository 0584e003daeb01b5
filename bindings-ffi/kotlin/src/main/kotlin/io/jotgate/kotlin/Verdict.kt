package io.jotgate.kotlin

import io.jotgate.Code
import io.jotgate.HttpAnswer
import io.jotgate.InvalidTokenException
import io.jotgate.JotgateException
import io.jotgate.KeysUnavailableException
import io.jotgate.PolicyException
import java.time.Instant

/** What a token or a request has come to, as a value: [JotgateValidator.verdict] gives it in place of an exception. */
public sealed interface Verdict {
    /** The token may pass. */
    public data class Accepted(val token: VerifiedToken) : Verdict

    /** A route of the policy lets the request through without a token. */
    public data object Skipped : Verdict

    /** The token must not pass: answer 401 or 403, as [JotgateValidator.answerTo] says. */
    public data class Rejected(val problem: JotgateException) : Verdict {
        /** Why, stable and the same in every language. */
        public val code: Code get() = problem.code

        /** The claim that the code is about; null for none. */
        public val claim: String? get() = (problem as? InvalidTokenException)?.claim
    }

    /** Nobody can say, because the issuer's keys are not at hand: answer 503, never 401. */
    public data class Unavailable(val problem: KeysUnavailableException) : Verdict {
        /** When keys may be had again, by the validator's clock. */
        public val retryAt: Instant get() = problem.retryAt
    }
}

/** What is wrong, stable and the same in every language. */
public val JotgateException.code: Code get() = code()

/** The name of the claim that the code is about, never one from the token alone; null for none. */
public val InvalidTokenException.claim: String? get() = claim()

/** When keys may be had again, by the validator's clock. */
public val KeysUnavailableException.retryAt: Instant get() = retryAt()

/** Everything that is wrong with the policy, at most 20 things. */
public val PolicyException.problems: List<PolicyException.Problem> get() = problems()

/** The value of a field of the answer; null for none. */
public operator fun HttpAnswer.get(name: String): String? =
    headers.entries.firstOrNull { it.key.equals(name, ignoreCase = true) }?.value
