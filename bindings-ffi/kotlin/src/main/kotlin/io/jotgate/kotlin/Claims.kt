package io.jotgate.kotlin

import kotlin.reflect.KClass

/** A claim as a value of this type. The text of what is thrown has no part of the token. */
@PublishedApi
internal fun <T : Any> typed(name: String, value: Any?, type: KClass<T>): T? {
    val found = if (type == Int::class && value is Long && value.toInt().toLong() == value) value.toInt() else value
    require(found == null || type.isInstance(found)) { "the claim $name is no ${type.simpleName}" }
    @Suppress("UNCHECKED_CAST") // isInstance has said so, and for primitive types a cast by the class would not do.
    return found as T?
}
