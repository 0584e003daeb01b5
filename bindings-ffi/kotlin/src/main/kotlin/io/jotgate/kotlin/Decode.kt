package io.jotgate.kotlin

import kotlinx.serialization.DeserializationStrategy
import kotlinx.serialization.json.Json
import kotlinx.serialization.serializer

/** Reads what a class has no property for over: tokens hold more claims than an application asks for. */
@PublishedApi
internal val LENIENT_ABOUT_NAMES: Json = Json { ignoreUnknownKeys = true }

/**
 * The claims as a class of the application's, by kotlinx.serialization: as they were signed, whatever a `transform` has made of
 * them. The application brings `kotlinx-serialization-json`, and its compiler plugin.
 *
 * @param json how to read; by default claims that the class does not name are left out
 * @throws kotlinx.serialization.SerializationException the claims are not what the class asks for. Its text may show some of them
 */
public inline fun <reified T> VerifiedToken.decode(
    json: Json = defaultJson(),
): T = decode(json.serializersModule.serializer<T>(), json)

/** [decode] by a serializer of the application's own. */
public fun <T> VerifiedToken.decode(deserializer: DeserializationStrategy<T>, json: Json = defaultJson()): T =
    json.decodeFromString(deserializer, payloadJson)

@PublishedApi
internal fun defaultJson(): Json = LENIENT_ABOUT_NAMES
