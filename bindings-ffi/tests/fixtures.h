/*
 * Policies, a key set and tokens for the tests. The tokens are signed with the Ed25519 key of RFC 8037 appendix A, whose
 * private half is published there; Ed25519 signatures are deterministic, so anybody can make the same ones.
 */
#ifndef JOTGATE_TESTS_FIXTURES_H
#define JOTGATE_TESTS_FIXTURES_H

/* The clock of the tests: milliseconds, in November 2023. */
#define NOW_MS INT64_C(1700000100000)

#define ISSUER_AND_AUDIENCE "\"issuer\":\"https://issuer.test/\",\"audience\":[\"https://api.test/\"]"

#define KEY "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"one\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}"

/* What https://issuer.test/jwks answers. */
#define KEY_SET "{\"keys\":[" KEY "]}"

/* The key stands in the policy: nothing is ever fetched. */
#define POLICY_INLINE "{\"version\":1,\"issuers\":[{" ISSUER_AND_AUDIENCE ",\"keys\":{\"jwks\":" KEY_SET "}}]}"

/* As before, and no claim is required. */
#define POLICY_WITHOUT_DATES \
    "{\"version\":1,\"issuers\":[{" ISSUER_AND_AUDIENCE \
    ",\"keys\":{\"jwks\":" KEY_SET "},\"required_claims\":[]}]}"

/* As before, and a claim is required whose name only the policy knows. */
#define POLICY_WITH_TENANT \
    "{\"version\":1,\"issuers\":[{" ISSUER_AND_AUDIENCE \
    ",\"keys\":{\"jwks\":" KEY_SET "},\"required_claims\":[\"exp\",\"tenant\"]}]}"

/* As before, and the caller knows the clients; the tokens name theirs in `sub`. */
#define POLICY_WITH_LOOKUP \
    "{\"version\":1,\"issuers\":[{" ISSUER_AND_AUDIENCE \
    ",\"keys\":{\"jwks\":" KEY_SET "},\"client_id\":{\"claims\":[\"sub\"],\"allowed\":\"host\"}}]}"

/* As the first, and the subject goes on as a header field, the token does not. */
#define POLICY_WITH_FORWARD \
    "{\"version\":1,\"issuers\":[{" ISSUER_AND_AUDIENCE ",\"keys\":{\"jwks\":" KEY_SET "}}]," \
    "\"forward\":{\"claims_to_headers\":{\"sub\":\"X-User\"},\"strip_token\":true}}"

/* The key set is fetched. */
#define POLICY_FETCHED \
    "{\"version\":1,\"issuers\":[{" ISSUER_AND_AUDIENCE ",\"keys\":{\"jwks_uri\":\"https://issuer.test/jwks\"}}]}"

/* Header and payload of GOOD_TOKEN. */
#define GOOD_HEADER \
    "{\"alg\":\"EdDSA\",\"kid\":\"one\"}"
#define GOOD_PAYLOAD \
    "{\"iss\":\"https://issuer.test/\",\"aud\":\"https://api.test/\",\"sub\":\"alice\",\"exp\":4102444800.5,\"iat\":17000" \
    "00000}"

/* What header, payload and the table of the five claims need of a buffer. */
#define GOOD_ROOM (sizeof(GOOD_HEADER) - 1 + sizeof(GOOD_PAYLOAD) - 1 + 5 * JOTGATE_MEMBER_SIZE)

/* Accepted by every policy above but POLICY_WITH_TENANT. */
#define GOOD_TOKEN \
    "eyJhbGciOiJFZERTQSIsImtpZCI6Im9uZSJ9.eyJpc3MiOiJodHRwczovL2lzc3Vlci50ZXN0LyIsImF1ZCI6Imh0dHBzOi8vYXB" \
    "pLnRlc3QvIiwic3ViIjoiYWxpY2UiLCJleHAiOjQxMDI0NDQ4MDAuNSwiaWF0IjoxNzAwMDAwMDAwfQ.e8uIMGhK9Vo4rNBSOq_M" \
    "r4sIu9vqG5TVKl_HKZcMcPioFCpRNyh9uRCPYqB511vrG8XZUGYC2r_V-gLNgx_uAw"

/* Accepted where the policy asks for no `exp`. */
#define NO_DATES_TOKEN \
    "eyJhbGciOiJFZERTQSIsImtpZCI6Im9uZSJ9.eyJpc3MiOiJodHRwczovL2lzc3Vlci50ZXN0LyIsImF1ZCI6Imh0dHBzOi8vYXB" \
    "pLnRlc3QvIn0.jsPPLk3HCSORg5WeM_thcKQqLJ1oC_YANdRoRtDd1xOpwnroBTQH-PMbRDLkTJ8ydE3cGiF6QDPqx44H19d4BA"

/* Signed by the same key, but it names a key id that the key set does not hold. */
#define OTHER_KEY_TOKEN \
    "eyJhbGciOiJFZERTQSIsImtpZCI6InR3byJ9.eyJpc3MiOiJodHRwczovL2lzc3Vlci50ZXN0LyIsImF1ZCI6Imh0dHBzOi8vYXB" \
    "pLnRlc3QvIiwic3ViIjoiYWxpY2UiLCJleHAiOjQxMDI0NDQ4MDAuNSwiaWF0IjoxNzAwMDAwMDAwfQ.B_ETDdeIDn07Jj8awFrO" \
    "zQkvkVendyu3QqqaUCjKsjNgDlN_eXAQt1IAqcFTNae9AlQuC2iU0OKL4c1eUc6YCA"

/* The client stands in a claim to which the default mapping gives another name, and the caller knows the clients. */
#define POLICY_MAPPED \
    "{\"version\":1,\"issuers\":[{" ISSUER_AND_AUDIENCE ",\"keys\":{\"secret\":{\"text\":\"a secret of at least 32 bytes, which nobody knows\"}}," \
    "\"default_claim_mapping\":true,\"client_id\":{\"claims\":[\"email\"],\"allowed\":\"host\"}}]}"

/* Accepted by POLICY_MAPPED. */
#define MAPPED_TOKEN \
    "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJodHRwczovL2lzc3Vlci50ZXN0LyIsImF1ZCI6Imh0dHBzOi8vYXBpLnRlc3QvIiwiZW1h" \
    "aWwiOiJhbGljZUBhcGkudGVzdCIsImV4cCI6NDEwMjQ0NDgwMH0.5BnoCt3n2rRswHJNWkIPXyu9atjhIxOpjnJMi3N1e-Q"

/* Expired in 2020. */
#define EXPIRED_TOKEN \
    "eyJhbGciOiJFZERTQSIsImtpZCI6Im9uZSJ9.eyJpc3MiOiJodHRwczovL2lzc3Vlci50ZXN0LyIsImF1ZCI6Imh0dHBzOi8vYXB" \
    "pLnRlc3QvIiwiZXhwIjoxNjAwMDAwMDAwfQ.e5grbVOL417VJcT85yKeYR03oT5bPD7U6L-x8mejo_LP1X5yTBuHFbCfuXzkxW3V" \
    "aLuXRfWBZxvcbA9rpl-vDw"

/* GOOD_TOKEN with one changed character in the signature. */
#define FORGED_TOKEN \
    "eyJhbGciOiJFZERTQSIsImtpZCI6Im9uZSJ9.eyJpc3MiOiJodHRwczovL2lzc3Vlci50ZXN0LyIsImF1ZCI6Imh0dHBzOi8vYXB" \
    "pLnRlc3QvIiwic3ViIjoiYWxpY2UiLCJleHAiOjQxMDI0NDQ4MDAuNSwiaWF0IjoxNzAwMDAwMDAwfQ.e8uIAGhK9Vo4rNBSOq_M" \
    "r4sIu9vqG5TVKl_HKZcMcPioFCpRNyh9uRCPYqB511vrG8XZUGYC2r_V-gLNgx_uAw"

#endif
