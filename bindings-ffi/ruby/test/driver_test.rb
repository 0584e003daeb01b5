# frozen_string_literal: true

require_relative "support"
require "zlib"

class DriverTest < Minitest::Test
  include Support

  def test_one_fetch_serves_all_who_wait
    issuer = server(ISSUER)
    validator = Jotgate::Validator.from_policy(policy(issuer))
    token = ISSUER.token("alice")
    subjects = Array.new(8) { Thread.new { validator.validate(token).subject } }.map(&:value)
    assert_equal ["alice"] * 8, subjects
    assert_equal 1, issuer.requests.length
  end

  def test_issuer_and_audience_are_enough
    issuer = Jotgate::Testing::Issuer.new(issuer: "https://idp.example.com/", audience: "orders")
    validator = Jotgate::Validator.new(issuer: issuer.name, audience: "orders", fetch: issuer.method(:fetch))
    assert_equal "alice", validator.validate(issuer.token("alice")).subject
  end

  def test_what_is_sent_compressed_all_the_same_is_read
    body = JSON.generate(ISSUER.jwks)
    issuer = server do |_, response|
      response["content-encoding"] = "gzip"
      response.body = Zlib.gzip(body)
    end
    assert Jotgate::Validator.from_policy(policy(issuer)).validate(ISSUER.token)
  end

  def test_a_call_that_may_not_wait_starts_the_fetch
    validator = Jotgate::Validator.from_policy(policy(server(ISSUER)))
    assert_raises(Jotgate::KeysUnavailable) { validator.validate_nowait(ISSUER.token) }
    assert validator.settle(PATIENCE)
    assert validator.validate_nowait(ISSUER.token)
  end

  def test_a_batch_waits_once
    issuer = server(ISSUER)
    validator = Jotgate::Validator.from_policy(policy(issuer))
    good, bad = validator.validate_many([ISSUER.token("alice"), "x"])
    assert_equal %w[alice malformed_token], [good.subject, bad.code]
    assert_equal 1, issuer.requests.length
  end

  def test_a_child_process_goes_on
    entered = Queue.new
    gate = Queue.new
    issuer = server do |_, response|
      entered << true
      gate.pop
      response.body = JSON.generate(ISSUER.jwks)
    end
    validator = Jotgate::Validator.from_policy(policy(issuer))
    assert_raises(Jotgate::KeysUnavailable) { validator.validate_nowait(ISSUER.token) }
    entered.pop
    # The fetch of the parent is under way, and in the child nobody does it.
    reading, writing = IO.pipe
    child = fork do
      writing.write(validator.validate(ISSUER.token("alice")).subject)
      writing.close
      exit!(0)
    end
    writing.close
    2.times { gate << true }
    assert_equal "alice", reading.read
    Process.wait(child)
    assert validator.settle(PATIENCE)
    assert validator.validate(ISSUER.token)
  end

  def test_whatever_a_fetch_callback_does_the_work_ends
    document = ISSUER.policy_fetching("https://issuer.test")
    useless = [-> { raise "broken" }, -> {}, -> { [200] }, -> { ["x", {}, ""] }, -> { [200, {}, nil] }, -> { exit },
               -> { Thread.current.kill }, -> { throw :nowhere }]
    useless.each do |does|
      validator = Jotgate::Validator.from_policy(document, fetch: ->(_) { does.call })
      assert_raises(Jotgate::KeysUnavailable) { validator.validate(ISSUER.token) }
      assert validator.settle(PATIENCE)
    end
  end

  def test_a_store_spares_fetches
    store = Class.new do
      attr_reader :text

      def load = @text
      def save(text) = @text = text
    end.new
    issuer = server(ISSUER)
    first = Jotgate::Validator.from_policy(policy(issuer), store:)
    assert first.validate(ISSUER.token)
    assert first.settle(PATIENCE)
    second = Jotgate::Validator.from_policy(policy(issuer), store:)
    assert second.validate(ISSUER.token)
    assert_equal 1, issuer.requests.length
    third = Jotgate::Validator.from_policy(policy(issuer))
    assert_equal 1, third.import_keys(first.export_keys)
    assert_raises(ArgumentError) { third.import_keys("nonsense") }
  end

  def test_what_goes_wrong_is_in_the_log_and_in_health
    told = StringIO.new
    Jotgate.logger = Logger.new(told)
    validator = Jotgate::Validator.from_policy(ISSUER.policy_fetching("https://issuer.test"), fetch: ->(_) { raise "no way" })
    error = assert_raises(Jotgate::KeysUnavailable) { validator.validate(ISSUER.token) }
    [told.string, error.detail, validator.health[:sources].first[:last_error_cause]].each do |text|
      assert_includes text, "no way"
    end
    assert_equal 503, validator.answer(error).status
    assert_operator error.retry_at, :>=, Time.now - PATIENCE
  end

  def test_another_policy_comes_in_its_place
    issuer = server(ISSUER)
    validator = Jotgate::Validator.from_policy(policy(issuer))
    held = validator.validate(ISSUER.token("alice"))
    validator.replace(policy(issuer, unmatched: "deny", routes: [{ path: "/orders" }]))
    assert_raises(Jotgate::UnmatchedRequest) { validator.validate_request("GET", "/other", "", ISSUER.headers) }
    assert_equal 1, issuer.requests.length
    assert_same held, validator.require(held, claims: [{ claim: "sub", equals: "alice" }])
    assert_raises(Jotgate::PolicyError) { validator.replace({ version: 1 }) }
    assert validator.validate(ISSUER.token)
  end
end
