import Foundation

extension Validator {
    /// Of one issuer. What is not given is left to the core's defaults, and an error names the argument that is wrong.
    ///
    /// - Parameters:
    ///   - issuer: the `iss` to accept, exactly; or several that share everything below.
    ///   - audience: the audiences that this service answers to; a token must name one of them. `any` waives the check.
    ///   - discovery: true has the issuer's metadata say where its keys are, and a URL says where that metadata is. Default: true
    ///     where no keys are given and the one issuer is an https URL.
    ///   - jwksUri: where the issuer publishes its keys, or several such places. Fetched when the first token needs it.
    ///   - jwks: a key set as JSON text, instead.
    ///   - pem: one public key, instead.
    ///   - secret: an HMAC secret of at least 32 bytes, instead.
    ///   - acceptUnsigned: the waiver that lets tokens without a signature pass; excludes every other source of keys. Default:
    ///     no.
    ///   - algorithms: the `alg` values to accept. Default: every asymmetric algorithm that fits the keys; with a secret, every
    ///     HS algorithm that fits its length.
    ///   - typ: accepted header `typ` values. Default: any but those of other things than access tokens.
    ///   - profile: `rfc9068` where the issuer follows it. Default: none.
    ///   - requiredClaims: claims that must be there. Default: `exp`.
    ///   - leeway: tolerated clock difference, 0 to 300 s. Default: 5 s.
    ///   - maxAge: longest time since `iat`. Default: no bound.
    ///   - maxLifetime: longest time between `iat` and `exp`. Default: no bound.
    ///   - rejectFutureIat: whether a token from the future is refused even without `maxAge`. Default: no.
    ///   - confirmation: `ignore` takes tokens that are bound to a key (`cnf`) as bearer tokens. Default: they are refused.
    ///   - clientId: which clients may pass. Default: all.
    ///   - scopes: scopes that every token must have. Default: none.
    ///   - claimMapping: other names for claims, under which rules and the application see them: the name in the token, and
    ///     that one. Default: none.
    ///   - defaultClaimMapping: WSO2's names for the claims of OpenID Connect, behind `claimMapping`. Default: no.
    ///   - tryAllKeys: whether a token without `kid` may be tried against up to four keys. Default: no.
    ///   - keySet: how key sets are kept.
    ///   - responses: whose manner of answering `answer(to:)` follows: `rfc6750` (default), `mulesoft`, `mulesoft-2020`, `wso2`.
    ///   - limits: how large tokens may be.
    ///   - host: what the application says and does.
    public convenience init(
        issuer: any Texts, audience: any Texts, discovery: Discovery? = nil, jwksUri: (any Texts)? = nil, jwks: String? = nil,
        pem: String? = nil, secret: Secret? = nil, acceptUnsigned: Bool? = nil, algorithms: [String]? = nil,
        typ: (any Texts)? = nil, profile: String? = nil, requiredClaims: [String]? = nil, leeway: Duration? = nil,
        maxAge: Duration? = nil, maxLifetime: Duration? = nil, rejectFutureIat: Bool? = nil, confirmation: String? = nil,
        clientId: ClientIDs? = nil, scopes: Scopes? = nil, claimMapping: [String: String]? = nil,
        defaultClaimMapping: Bool? = nil, tryAllKeys: Bool? = nil, keySet: KeySet? = nil, responses: String? = nil,
        limits: Limits? = nil, host: Host = Host()
    ) throws {
        let keys: [String: Any?] = [
            "discovery": discovery?.json, "jwks_uri": JSON.texts(jwksUri), "jwks": jwks.map(JSON.value), "pem": pem,
            "secret": secret?.json, "accept_unsigned": acceptUnsigned,
        ]
        let entry: [String: Any?] = [
            "issuer": JSON.texts(issuer), "audience": JSON.texts(audience), "keys": JSON.object(keys), "algorithms": algorithms,
            "typ": JSON.texts(typ), "profile": profile, "required_claims": requiredClaims, "leeway": JSON.seconds(leeway),
            "max_age": JSON.seconds(maxAge), "max_lifetime": JSON.seconds(maxLifetime), "reject_future_iat": rejectFutureIat,
            "confirmation": confirmation, "client_id": clientId.map { JSON.object($0.json) }, "scopes": scopes?.json,
            "claim_mapping": claimMapping, "default_claim_mapping": defaultClaimMapping, "try_all_keys": tryAllKeys,
            "jwks": keySet?.json,
        ]
        let whole: [String: Any?] = [
            "version": 1, "issuers": [JSON.object(entry)], "responses": responses, "limits": limits?.json,
        ]
        // Of options of which several have one place, or of which none may be missing, the core wants to know which were given.
        let given: [(String, Bool)] = [
            ("issuer", true), ("audience", true), ("discovery", discovery != nil), ("jwksUri", jwksUri != nil),
            ("jwks", jwks != nil), ("pem", pem != nil), ("secret", secret != nil), ("acceptUnsigned", acceptUnsigned != nil),
            ("leeway", leeway != nil), ("maxAge", maxAge != nil), ("keySet", keySet != nil),
        ]
        let core = try Documents.named(given.filter(\.1).map(\.0), []) {
            let document = try JSON.text(JSON.object(whole)).bytes
            return try Self.core(Documents.filled(document, Self.workingDirectory), host)
        }
        self.init(core, host)
    }
}
