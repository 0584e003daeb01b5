# frozen_string_literal: true

require_relative "support"

class FetcherTest < Minitest::Test
  include Support

  def request(url, timeout: 30, max_body: 1000)
    Jotgate::FetchRequest.new(url:, headers: { "accept" => "application/json", "user-agent" => "jotgate/test" }, timeout:,
                              max_body:)
  end

  def fetched(url, fetcher: Jotgate::NetHttpFetcher.new, **bounds) = fetcher.call(request(url, **bounds))

  def test_what_comes_is_handed_on
    issuer = server { |_, response| response.body = "{}" }
    answer = fetched(issuer.url("/jwks"))
    assert_equal [200, "{}"], [answer.status, answer.body]
    asked = issuer.requests.pop
    told = asked.header.values_at("accept", "user-agent", "accept-encoding").flatten
    assert_equal %w[application/json jotgate/test identity], told
  end

  def test_a_redirect_is_not_followed
    issuer = server do |_, response|
      response.status = 302
      response["location"] = "/elsewhere"
    end
    answer = fetched(issuer.url)
    assert_equal 302, answer.status
    assert_includes answer.headers, ["location", issuer.url("/elsewhere")]
    assert_equal 1, issuer.requests.length
  end

  def test_a_body_is_read_as_far_as_it_may_be_long
    issuer = server { |_, response| response.body = "x" * 1001 }
    assert_raises(Jotgate::ResponseTooLarge) { fetched(issuer.url) }
    assert_equal 1001, fetched(issuer.url, max_body: 1001).body.length
  end

  def test_a_peer_that_never_ends_is_given_up
    dripping = TCPServer.new("127.0.0.1", 0)
    feeder = Thread.new do
      peer = dripping.accept
      peer.write("HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
      loop do
        peer.write("x")
        sleep(0.01)
      end
    rescue SystemCallError
      nil
    end
    url = "http://127.0.0.1:#{dripping.addr[1]}/"
    assert_raises(Timeout::Error) { fetched(url, timeout: 0.3, max_body: 100_000) }
    assert feeder.join(PATIENCE)
  ensure
    dripping.close
  end

  def test_an_answer_that_breaks_off_is_none
    broken = TCPServer.new("127.0.0.1", 0)
    Thread.new do
      peer = broken.accept
      peer.gets("\r\n\r\n")
      peer.write("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{}")
      peer.close
    end
    assert_raises(IOError) { fetched("http://127.0.0.1:#{broken.addr[1]}/") }
  ensure
    broken.close
  end

  def test_proxies_come_from_the_environment_or_an_option
    proxy = server { |_, response| response.body = "by proxy" }
    ENV["http_proxy"] = proxy.url
    # An address for documentation (RFC 5737): nobody is asked for it but the proxy.
    assert_equal "by proxy", fetched("http://192.0.2.1/jwks").body
    ENV.delete("http_proxy")
    told = Jotgate::NetHttpFetcher.new(proxy: proxy.url)
    assert_equal "by proxy", fetched("http://192.0.2.1/jwks", fetcher: told).body
    assert_equal "http://192.0.2.1/jwks", proxy.requests.pop.request_uri.to_s
  ensure
    ENV.delete("http_proxy")
  end

  def test_certificates_are_verified
    issuer = server(ISSUER, tls: true)
    validator = Jotgate::Validator.from_policy(ISSUER.policy_fetching(issuer.url))
    refused = assert_raises(Jotgate::KeysUnavailable) { validator.validate(ISSUER.token) }
    assert_includes refused.detail, "certificate"
    store = OpenSSL::X509::Store.new.tap { |known| known.add_cert(issuer.certificate) }
    trusting = Jotgate::NetHttpFetcher.new(cert_store: store)
    validator = Jotgate::Validator.from_policy(ISSUER.policy_fetching(issuer.url), fetch: trusting)
    assert_equal "alice", validator.validate(ISSUER.token("alice")).subject
  end

  def test_other_schemes_and_options_are_refused
    assert_raises(ArgumentError) { fetched("file:///etc/hostname") }
    assert_raises(ArgumentError) { Jotgate::NetHttpFetcher.new(verify: false) }
  end
end
