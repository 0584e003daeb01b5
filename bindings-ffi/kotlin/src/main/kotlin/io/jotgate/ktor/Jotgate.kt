package io.jotgate.ktor

import io.jotgate.JotgateException
import io.jotgate.kotlin.JotgateValidator
import io.ktor.server.application.ApplicationCallPipeline
import io.ktor.server.application.ApplicationPlugin
import io.ktor.server.application.ApplicationStopped
import io.ktor.server.application.Hook
import io.ktor.server.application.PipelineCall
import io.ktor.server.application.createApplicationPlugin
import io.ktor.server.application.hooks.MonitoringEvent
import io.ktor.server.application.isHandled
import io.ktor.util.pipeline.PipelineContext

/**
 * Lets calls pass to the routing only as the policy says, whatever route they would take: the way of a gateway, for policies
 * whose `routes` say what is open. Other calls are answered as the core writes it.
 *
 * ```
 * install(Jotgate) { policy(Path.of("policy.yaml")) }
 * ```
 *
 * Handlers find the token as `call.verifiedToken`. To guard some routes alone, use the provider [jotgate].
 */
public val Jotgate: ApplicationPlugin<JotgateKtorOptions> = createApplicationPlugin("Jotgate", ::JotgateKtorOptions) {
    val isOwn = pluginConfig.isOwn
    val validator = pluginConfig.made()
    on(BeforeRouting) { guard(validator) }
    if (isOwn) on(MonitoringEvent(ApplicationStopped)) { validator.close() }
}

/** Goes on where the policy lets the call pass, and ends it otherwise. */
internal suspend fun PipelineContext<Unit, PipelineCall>.guard(validator: JotgateValidator) {
    // By a plugin before it, such as CORS.
    if (context.isHandled) return
    try {
        validator.judge(context)
    } catch (problem: JotgateException) {
        context.refuse(validator.answerTo(problem))
        finish()
    }
}

private object BeforeRouting : Hook<suspend PipelineContext<Unit, PipelineCall>.() -> Unit> {
    override fun install(pipeline: ApplicationCallPipeline, handler: suspend PipelineContext<Unit, PipelineCall>.() -> Unit) {
        pipeline.intercept(ApplicationCallPipeline.Plugins) { handler() }
    }
}
