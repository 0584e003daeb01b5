# frozen_string_literal: true

require_relative "support"

class RackTest < Minitest::Test
  include Support

  TOLD = lambda do |env|
    [200, { "content-type" => "text/plain" }, ["#{env['jotgate.token']&.subject} #{env['HTTP_X_USER']} #{env['QUERY_STRING']}"]]
  end

  def validator(**more) = Jotgate::Validator.from_policy(ISSUER.policy.merge(more.transform_keys(&:to_s)))

  def client(app = TOLD, validator: self.validator)
    Rack::MockRequest.new(Rack::Lint.new(Jotgate::Middleware.new(Rack::Lint.new(app), validator)))
  end

  def bearer(**options) = { "HTTP_AUTHORIZATION" => "Bearer #{ISSUER.token('alice', **options)}" }

  def test_a_good_token_passes_and_others_get_the_answer_of_the_core
    assert_equal "alice  ", client.get("/orders", bearer).body
    missing = client.get("/orders")
    assert_equal [401, "Bearer", "missing_token"],
                 [missing.status, missing["www-authenticate"], JSON.parse(missing.body)["code"]]
    assert_equal 401, client.get("/orders", "HTTP_AUTHORIZATION" => "Bearer #{ISSUER.bad('expired').token}").status
    head = client.request("HEAD", "/orders")
    assert_equal [401, "", missing["content-length"]], [head.status, head.body, head["content-length"]]
  end

  def test_options_make_a_validator
    app = Jotgate::Middleware.new(TOLD, issuer: "https://issuer.test/", audience: "test-api", jwks: ISSUER.jwks)
    assert_equal 200, Rack::MockRequest.new(app).get("/", bearer).status
    assert_raises(ArgumentError) { Jotgate::Middleware.new(TOLD, validator, issuer: "https://issuer.test/") }
  end

  def test_endpoints_ask_for_more
    writing = Jotgate::RequireMiddleware.new(TOLD, scopes: ["orders:write"])
    refused = client(writing).post("/orders", bearer)
    assert_equal 403, refused.status
    assert_includes refused["www-authenticate"], 'scope="orders:write"'
    assert_equal 200, client(writing).post("/orders", bearer(scopes: ["orders:write"])).status
    in_code = ->(env) { env["jotgate.validator"].require(env["jotgate.token"], scopes: ["admin"]) && TOLD.call(env) }
    assert_equal 403, client(in_code).get("/", bearer).status
    # Without the middleware in front nothing passes.
    assert_raises(KeyError) { Rack::MockRequest.new(writing).get("/") }
  end

  def test_a_route_that_needs_no_token_passes_and_an_endpoint_behind_it_still_asks
    open = validator(routes: [{ path: "/health", skip: true }])
    assert_equal "  ", client(validator: open).get("/health").body
    asking = Jotgate::RequireMiddleware.new(TOLD, scopes: ["a"])
    assert_equal 401, client(asking, validator: open).get("/health").status
  end

  def test_what_the_application_raises_of_its_own_stays_its_own
    revoked = ->(_) { raise Jotgate::RevokedToken }
    answer = client(revoked).get("/", bearer)
    assert_equal [401, "revoked"], [answer.status, JSON.parse(answer.body)["code"]]
    assert_raises(ZeroDivisionError) { client(->(_) { 1 / 0 }).get("/", bearer) }
    assert_raises(Jotgate::InternalError) { client(->(_) { raise Jotgate::InternalError }).get("/", bearer) }
  end

  def test_what_nobody_can_say_is_no_refusal
    unreachable = Jotgate::Validator.from_policy(ISSUER.policy_fetching("https://issuer.test"), fetch: ->(_) { raise IOError })
    answer = client(validator: unreachable).get("/", bearer)
    assert_equal 503, answer.status
    assert_operator Integer(answer["retry-after"]), :>, 0
  end

  def test_a_request_goes_on_as_the_policy_says
    document = ISSUER.policy
    document["token"] = { "sources" => [{ "query" => "access_token" }] }
    document["forward"] = { "claims_to_headers" => { "sub" => "X-User" }, "strip_token" => true }
    seen = nil
    app = lambda do |env|
      seen = env
      TOLD.call(env)
    end
    http = client(app, validator: Jotgate::Validator.from_policy(document))
    target = "/orders?a=b&access_token=#{ISSUER.token('alice')}"
    answer = http.get(target, "HTTP_X_USER" => "root", "REQUEST_URI" => target)
    assert_equal "alice alice a=b", answer.body
    assert_equal "/orders?a=b", seen["REQUEST_URI"]
  end

  def test_octets_that_are_no_text_are_refused_and_break_nothing
    ["/orders\xff".b, "/\u00e4".b].each do |path|
      answer = client.get("/", bearer.merge("PATH_INFO" => path))
      assert_includes [200, 400, 401], answer.status
    end
    assert_equal 401, client.get("/", "HTTP_AUTHORIZATION" => "Bearer \xff".b).status
    assert_equal 401, client.get("/", "HTTP_AUTHORIZATION" => "Bearer \u0000").status
  end
end
