# frozen_string_literal: true

require_relative "support"

class TestingTest < Minitest::Test
  include Support

  def test_each_code_that_can_be_made_is_refused_with_it
    document = { version: 1, issuers: [{ issuer: "https://idp.example.com/", audience: "orders", scopes: { all: ["a"] } }],
                 routes: [{ path: "/orders", methods: "GET" }], unmatched: "deny" }
    issuer = Jotgate::Testing::Issuer.new(policy: document)
    validator = issuer.validator
    %w[expired not_yet_valid invalid_signature unknown_issuer insufficient_scope missing_token unmatched_request].each do |code|
      bad = issuer.bad(code, http_method: "GET", path: "/orders")
      path, _, query = bad.target.partition("?")
      error = assert_raises(Jotgate::InvalidToken) { validator.validate_request(bad.http_method, path, query, bad.headers) }
      assert_equal code, error.code
    end
  end

  def test_keys_change_and_break
    issuer = Jotgate::Testing::Issuer.new(algorithm: "ES256", now: 1_800_000_000)
    old = issuer.token("alice")
    validator = Jotgate::Validator.from_policy(
      issuer.policy_fetching("https://issuer.test"), fetch: issuer.method(:fetch), clock: -> { 1_800_000_000 }
    )
    assert_equal "alice", validator.validate(old).subject
    assert_equal "next", issuer.rotate(kid: "next")
    kids = -> { issuer.jwks["keys"].map { |key| key["kid"] } & %w[test-1 next] }
    assert_equal %w[test-1 next], kids.call
    issuer.retire_keys
    assert_equal ["next"], kids.call
    %w[error slow unreachable].each do |fault|
      issuer.break_keys(fault)
      fresh = Jotgate::Validator.from_policy(issuer.policy_fetching("https://issuer.test"), fetch: issuer.method(:fetch))
      assert_raises(Jotgate::KeysUnavailable) { fresh.validate(issuer.token(now: Time.now)) }
    end
    issuer.mend
    assert issuer.validator.validate(issuer.token)
  end

  def test_a_verified_for_unit_tests
    verified = ISSUER.verified("alice", scopes: ["a"])
    assert_equal "alice", verified.subject
    other = Jotgate::Validator.from_policy(ISSUER.policy)
    assert_same verified, other.require(verified, scopes: ["a"])
    assert_raises(Jotgate::InsufficientScope) { other.require(verified, scopes: ["b"]) }
    assert_raises(Jotgate::PolicyError) { ISSUER.bad("no such code") }
  end

  def test_policies_of_files
    Dir.mktmpdir do |folder|
      path = File.join(folder, "policy.yaml")
      File.write(path, "version: 1\nissuers:\n  - issuer: https://idp.example.com/\n    audience: orders\n")
      issuer = Jotgate::Testing::Issuer.new(policy: path)
      assert_equal "alice", issuer.validator.validate(issuer.token("alice")).subject
      assert(Jotgate.lint(issuer.policy).none? { |warning| warning.severity == "high" })
    end
    assert_equal "https://json-schema.org/draft/2020-12/schema", Jotgate.schema["$schema"]
    assert_equal %w[mulesoft wso2], Jotgate.products.sort
  end
end
