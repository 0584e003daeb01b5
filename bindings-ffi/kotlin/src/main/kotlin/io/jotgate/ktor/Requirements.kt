package io.jotgate.ktor

import io.jotgate.JotgateException
import io.jotgate.JwtRequirement
import io.ktor.server.application.RouteScopedPlugin
import io.ktor.server.application.createRouteScopedPlugin
import io.ktor.server.application.install
import io.ktor.server.application.isHandled
import io.ktor.server.auth.AuthenticationChecked
import io.ktor.server.routing.Route
import io.ktor.server.routing.RouteSelector
import io.ktor.server.routing.RouteSelectorEvaluation
import io.ktor.server.routing.RoutingResolveContext
import io.ktor.util.AttributeKey

/**
 * Routes whose calls need a token with all of these scopes, beside what the policy and the routes around them ask. A call that
 * lacks one is answered with 403 and a challenge that names them.
 *
 * @throws io.jotgate.PolicyException there is none, or one of them can be no scope
 */
public fun Route.requireScopes(
    vararg scopes: String,
    build: Route.() -> Unit,
): Route = require(JwtRequirement.scopes(*scopes), build)

/** Routes whose calls need a token that is what is asked for, beside what the policy and the routes around them ask. */
public fun Route.require(requirement: JwtRequirement, build: Route.() -> Unit): Route {
    // Of nested plugins of one kind Ktor asks the innermost alone, so it knows what those around it ask.
    val around = generateSequence(this) { it.parent }.firstNotNullOfOrNull { it.attributes.getOrNull(ASKED) }.orEmpty()
    val guarded = createChild(Unlike())
    guarded.attributes.put(ASKED, around + requirement)
    guarded.install(Requirements) { all = around + requirement }
    guarded.build()
    return guarded
}

private val ASKED = AttributeKey<List<JwtRequirement>>("io.jotgate.requirements")

private class RequirementsConfig {
    var all: List<JwtRequirement> = emptyList()
}

private val Requirements: RouteScopedPlugin<RequirementsConfig> =
    createRouteScopedPlugin("JotgateRequirements", ::RequirementsConfig) {
        val all = pluginConfig.all
        on(AuthenticationChecked) { call ->
            if (call.isHandled) return@on
            val passed = checkNotNull(call.attributes.getOrNull(PASSED)) {
                "neither the plugin Jotgate nor its provider stands before this route"
            }
            for (requirement in all) {
                try {
                    passed.validator.require(passed.token, requirement)
                } catch (problem: JotgateException) {
                    call.refuse(passed.validator.answerTo(problem, requirement))
                    return@on
                }
            }
        }
    }

/** Equal to no other, so that the routes of two requirements are two. */
private class Unlike : RouteSelector() {
    override suspend fun evaluate(context: RoutingResolveContext, segmentIndex: Int): RouteSelectorEvaluation =
        RouteSelectorEvaluation.Transparent

    override fun toString(): String = "(jotgate)"
}
