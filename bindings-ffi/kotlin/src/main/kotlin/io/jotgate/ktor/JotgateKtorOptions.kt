package io.jotgate.ktor

import io.jotgate.kotlin.JotgateOptions
import io.jotgate.kotlin.JotgateValidator
import io.jotgate.kotlin.build

/** The options of a validator that Ktor asks, or one that the application has made. */
public class JotgateKtorOptions internal constructor() : JotgateOptions() {
    /** The application's own validator, in place of all options. It is not closed here. */
    public var validator: JotgateValidator? = null

    /** Whose validator it is says who closes it. */
    internal val isOwn: Boolean get() = validator == null

    internal fun made(): JotgateValidator {
        val given = validator ?: return build().also(::refuseForwards)
        check(isEmpty) { "give a validator or its options, not both" }
        return given.also(::refuseForwards)
    }
}

/** Ktor's handlers see the request as it came, so what the policy wants changed must be changed in front. */
internal fun refuseForwards(validator: JotgateValidator) {
    check(!validator.forwards) {
        "the policy has a forward, which a plugin of Ktor cannot apply: take it out, or apply it in a proxy"
    }
}
