# frozen_string_literal: true

require_relative "support"

class ValidatorTest < Minitest::Test
  include Support

  POLICY = ISSUER.policy

  def validator(**host) = Jotgate::Validator.from_policy(POLICY, **host)

  def test_what_a_token_says
    verified = validator.validate(ISSUER.token("alice", scopes: %w[a b], claims: { tenant: { name: "blue" }, jti: "7" }))
    assert_equal ["alice", "https://issuer.test/", ["test-api"], "7"],
                 [verified.subject, verified.issuer, verified.audience, verified.token_id]
    assert_equal ["blue", "blue", nil], [verified.dig(:tenant, "name"), verified[:tenant]["name"], verified["none"]]
    assert_equal [%w[a b], true, false], [verified.scopes, verified.scope?("a"), verified.scope?("c")]
    assert_operator verified.expires_at, :>, Time.now
    assert verified.claims.frozen? && verified.claims["tenant"].frozen?
    assert_equal "RS256", verified.header["alg"]
    refute_includes verified.inspect, "alice"
    assert_raises(NoMethodError) { Jotgate::Verified.new(nil, nil) }
  end

  def test_errors_have_codes_and_classes
    Jotgate::Testing.recipes.each { |recipe| assert Jotgate::CLASS_OF_CODE.key?(recipe.code), recipe.code }
    error = assert_raises(Jotgate::ExpiredSignature) { validator.validate(ISSUER.bad("expired").token) }
    assert_equal ["expired", "exp", 0], [error.code, error.claim, error.issuer_index]
    assert_kind_of Jotgate::InvalidToken, error
    refute_includes error.message, ISSUER.bad("expired").token
  end

  def test_what_is_no_token
    ["", "x", "a.b.c", "\xff".b, "\u00e4.b.c", "#{ISSUER.token}\0", "a" * 100_000, "é".encode("UTF-16LE")].each do |token|
      assert_raises(Jotgate::DecodeError) { validator.validate(token) }
    end
    [nil, 7, :token, []].each { |token| assert_raises(TypeError) { validator.validate(token) } }
    assert_raises(TypeError) { validator.validate_many([nil]) }
    # Whatever encoding a String says it has, its bytes count.
    assert validator.validate(ISSUER.token.force_encoding(Encoding::BINARY))
  end

  # In the middle half of a native call that keeps the interpreter to itself nobody else runs.
  def test_other_threads_run_while_many_tokens_are_judged
    tokens = Array.new(2000) { |number| ISSUER.token("user-#{number}") }
    between = (1..20).any? do
      span, ran = watched(:uniffi_jotgate_uniffi_fn_method_core_validate_many) do
        Thread.new { validator.validate_many(tokens, threads: 1) }
      end
      quarter = (span.end - span.begin) / 4
      ran.any? { |time| time.between?(span.begin + quarter, span.end - quarter) }
    end
    assert between
  end

  def test_mistakes_have_the_names_of_options
    error = assert_raises(Jotgate::PolicyError) do
      Jotgate::Validator.new(issuer: "https://a.example/", audience: "a", leeway: "1h", jwks_options: { ttl: "x" })
    end
    assert_equal %w[jwks_options.ttl leeway], error.problems.map(&:path).sort
    error = assert_raises(Jotgate::PolicyError) { Jotgate::Validator.new(issuer: "https://a.example/", audiance: "a") }
    assert_equal ["audiance", "did you mean audience?"], [error.path, error.hint]
    error = assert_raises(Jotgate::PolicyError) { Jotgate::Requirement.new(scopes: [""]) }
    assert_equal "scopes[0]", error.path
    assert_raises(ArgumentError) { Jotgate::Validator.from_policy(POLICY, fetcher: nil) }
    assert_raises(TypeError) { Jotgate::Validator.from_policy({ version: Object.new }) }
  end

  def test_text_that_is_not_utf8_is_a_mistake_in_its_place
    raised = ->(&made) { assert_raises(Jotgate::PolicyError, &made) }
    { "audience[1]" => -> { Jotgate::Validator.new(issuer: "https://a.example/", audience: ["a", "\xe9"]) },
      "issuers[0].issuer" => -> { Jotgate::Validator.from_policy("{\"version\":1,\"issuers\":[{\"issuer\":\"\xff\"}]}") },
      "issuers[0].audience" => -> { Jotgate.lint({ version: 1, issuers: [{ issuer: "a", audience: "\xff" }] }) },
      "scopes[0]" => -> { Jotgate::Requirement.new(scopes: ["\xff"]) },
      "line 1, column 4" => -> { Jotgate.policy_json("a: \xff", :yaml) } }.each do |path, made|
      error = raised.call(&made)
      assert_equal path, error.path
      assert_match(/half of a surrogate pair.*base64url/m, error.message)
    end
    assert_raises(Jotgate::PolicyError) { Jotgate::Validator.from_policy("\xff") }
    # Text in another encoding is the same text.
    Jotgate::Validator.new(issuer: "https://a.example/", audience: "é".encode(Encoding::ISO_8859_1))
  end

  def test_secrets_are_texts_or_bytes
    secret = "a secret of at least 32 bytes for this test"
    options = { issuer: "https://a.example/", audience: "a", secret: }
    token = hmac({ iss: "https://a.example/", aud: "a", exp: Time.now.to_i + 60, sub: "alice" }, secret)
    assert_equal "alice", Jotgate::Validator.new(**options).validate(token).subject
    assert_equal "alice", Jotgate::Validator.new(**options, secret: secret.b).validate(token).subject
    refute_includes Jotgate::Validator.new(**options).inspect, "secret"
  end

  def test_hooks_have_the_last_word
    document = POLICY.merge("issuers" => [POLICY["issuers"].first.merge("client_id" => { "allowed" => "host" })])
    token = ISSUER.token("alice", client: "web", claims: { client_id: "web" })
    lookup = ->(id, undecided) { id == "web" && undecided.subject == "alice" }
    assert Jotgate::Validator.from_policy(document, client_lookup: lookup).validate(token)
    [false, nil, "yes", 1].each do |answer|
      refusing = Jotgate::Validator.from_policy(document, client_lookup: ->(*) { answer })
      assert_raises(Jotgate::Error) { refusing.validate(token) }
    end
    assert_raises(Jotgate::RevokedToken) { validator(is_revoked: ->(_) { true }).validate(token) }
    error = assert_raises(Jotgate::InternalError) { validator(is_revoked: ->(_) { raise "broken" }).validate(token) }
    assert_equal ["broken", 500], [error.cause.message, validator.answer(error).status]
    assert_raises(Jotgate::PolicyError) { Jotgate::Validator.from_policy(document) }
  end

  def test_what_the_application_sees_can_change
    shown = validator(transform: ->(claims) { claims.merge("plan" => "free") }).validate(ISSUER.token("alice"))
    assert_equal %w[free alice], [shown["plan"], shown.subject]
    refute_includes shown.payload, "plan"
    [nil, "x", []].each do |useless|
      assert_raises(Jotgate::InternalError) { validator(transform: ->(_) { useless }).validate(ISSUER.token) }
    end
  end

  def test_clocks_give_seconds_or_times
    token = ISSUER.token(lifetime: 60)
    assert_raises(Jotgate::ExpiredSignature) { validator(clock: -> { Time.now + 3600 }).validate(token) }
    assert validator(clock: -> { Time.now.to_f }).validate(token)
    assert_raises(TypeError) { validator(clock: -> {}).validate(token) }
    assert_raises(Jotgate::ExpiredSignature) { validator.validate(token, as_of: Time.now + 3600) }
  end

  def test_events_are_told
    told = []
    listening = validator(on_event: ->(event) { told << event })
    assert_raises(Jotgate::DecodeError) { listening.validate("x") }
    assert_equal %w[rejected malformed_token], told.last.values_at(:event, :code)
    later = []
    unsubscribe = listening.subscribe { |event| (later << event) && raise("deaf") }
    assert_raises(Jotgate::DecodeError) { listening.validate("x") }
    unsubscribe.call
    assert_raises(Jotgate::DecodeError) { listening.validate("x") }
    assert_equal [3, 1], [told.length, later.length]
  end

  def test_why
    explanation = validator.explain(ISSUER.bad("expired").token)
    assert_equal "rejected", explanation.verdict
    assert_includes explanation.to_text, "expired"
    assert_equal explanation.to_h, JSON.parse(JSON.generate(explanation))
    assert_equal "accepted", validator.explain_request("GET", "/", "", ISSUER.headers).verdict
  end

  def test_another_validator_s_token_is_not_asked
    held = validator.validate(ISSUER.token("alice"))
    assert_raises(Jotgate::InternalError) { validator.require(held, scopes: ["a"]) }
    assert_raises(Jotgate::MissingToken) { validator.require(nil, scopes: ["a"]) }
    assert_raises(TypeError) { validator.require({ "scope" => "a" }, scopes: ["a"]) }
    assert_raises(ArgumentError) { validator.require(held) }
  end

  private

  def hmac(claims, secret)
    parts = [{ alg: "HS256" }, claims].map { |part| encoded(JSON.generate(part)) }.join(".")
    "#{parts}.#{encoded(OpenSSL::HMAC.digest('SHA256', secret, parts))}"
  end

  def encoded(bytes) = [bytes].pack("m0").tr("+/", "-_").delete("=")

  # When the native function has run in the thread, and when this thread did meanwhile.
  def watched(function)
    library = JotgateNative.const_get(:UniFFILib)
    native = library.method(function)
    now = -> { Process.clock_gettime(Process::CLOCK_MONOTONIC) }
    span = nil
    library.define_singleton_method(function) do |*arguments|
      from = now.call
      native.call(*arguments).tap { span = (from..now.call) }
    end
    thread = yield
    ran = []
    (ran << now.call) && Thread.pass while thread.alive?
    thread.join
    [span, ran]
  ensure
    library.define_singleton_method(function, native) if native
  end
end
