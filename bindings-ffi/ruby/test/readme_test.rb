# frozen_string_literal: true

require_relative "support"

class ReadmeTest < Minitest::Test
  include Support

  README = File.read(File.expand_path("../README.md", __dir__))
  ISSUER_OF_README = Jotgate::Testing::Issuer.new(issuer: "https://idp.example.com/", audience: "orders")

  # The public names of the README, which are on loopback here.
  class Names < Jotgate::NetHttpFetcher
    def initialize(url)
      @url = url
      super()
    end

    def call(request)
      here = request.dup
      here.url = request.url.sub("https://idp.example.com", @url)
      super(here)
    end
  end

  def test_the_blocks_run
    rackup, *blocks = README.scan(/^```ruby\n(.*?)^```$/m).flatten
    assert_equal 6, blocks.length
    issuer = server(ISSUER_OF_README)
    in_place_of_the_default(Names.new(issuer.url)) do
      check_rackup(rackup)
      around = binding
      around.local_variable_set(:text, ISSUER_OF_README.token("alice", scopes: ["orders:read"], claims: { tenant: "blue" }))
      in_place_of_net_http(issuer.url) do
        printed, = capture_io { blocks.each { |block| around.eval(block, "README.md") } }
        without_events = printed.lines.map(&:chomp).reject { |line| line.start_with?("key", "fetch") }
        assert_equal PRINTED, without_events
      end
    end
  end

  def test_the_example_runs
    ENV.update("ISSUER" => "https://idp.example.com/", "AUDIENCE" => "orders")
    in_place_of_the_default(Names.new(server(ISSUER_OF_README).url)) do
      app, = Rack::Builder.parse_file(File.expand_path("../examples/orders.ru", __dir__))
      http = Rack::MockRequest.new(app)
      assert_equal 401, http.get("/orders").status
      assert_equal({ "sub" => "alice", "language" => "ruby" }, JSON.parse(http.get("/orders", bearer).body))
      assert_equal [403, 200],
                   [http.post("/orders", bearer).status, http.post("/orders", bearer(scopes: ["orders:write"])).status]
      assert_equal "fresh", JSON.parse(http.get("/health").body)["sources"].first["state"]
    end
  ensure
    %w[ISSUER AUDIENCE].each { |name| ENV.delete(name) }
  end

  PRINTED = [
    "alice", "blue", '["orders:read"]', "alice", "403",
    'Bearer error="insufficient_scope", error_description="The token lacks a scope that this resource needs", ' \
    'scope="orders:write"',
    "free", "alice", "fresh", '["orders:read"]', "expired"
  ].freeze

  private

  def bearer(**options) = { "HTTP_AUTHORIZATION" => "Bearer #{ISSUER_OF_README.token('alice', **options)}" }

  def check_rackup(rackup)
    http = Rack::MockRequest.new(Rack::Builder.new { instance_eval(rackup, "README.md") }.to_app)
    assert_equal "orders of alice", http.get("/", bearer).body
    assert_equal 401, http.get("/").status
  end

  def in_place_of_the_default(fetcher, &)
    Jotgate::NetHttpFetcher.stub(:new, ->(*) { fetcher }, &)
  end

  def in_place_of_net_http(base, &)
    get = Net::HTTP.method(:get_response)
    here = ->(url, headers) { get.call(URI(url.to_s.sub("https://idp.example.com", base)), headers) }
    Net::HTTP.stub(:get_response, here, &)
  end
end
