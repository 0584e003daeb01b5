# frozen_string_literal: true

require "net/http"
require "openssl"
require "timeout"
require "uri"

module Jotgate
  # What a fetch callback takes: one GET of `url` with the fields of `headers`, a Hash whose names are in lower case; no
  # redirects, and certificates verified. It may take `timeout` seconds and bring a body of `max_body` bytes.
  FetchRequest = Struct.new(:url, :headers, :timeout, :max_body, keyword_init: true)

  # What the issuer answered: the status as it came, a Hash (or pairs) of header fields, and the body's bytes.
  FetchResponse = Struct.new(:status, :headers, :body)

  # For fetch callbacks to raise when a body is longer than the request's `max_body`.
  class ResponseTooLarge < StandardError; end

  # Fetches with the standard library's Net::HTTP: what a Validator uses unless it is told otherwise.
  #
  # Speaks http and https, takes proxies from the environment (`http_proxy`, `https_proxy`, `no_proxy`), holds one deadline over
  # the whole exchange, follows no redirect, asks for no compressed content, and reads no more than allowed.
  #
  # `ca_file`, `ca_path` and `cert_store` replace the certificates that are trusted; `cert` and `key` are a client's own.
  # `headers` are fields to send besides, or in place of ours. `proxy` is the URL of a proxy, in place of those of the
  # environment.
  class NetHttpFetcher
    # Not asked for: the bound on the body is one on what is read.
    PLAIN = { "accept-encoding" => "identity" }.freeze
    TLS = %i[ca_file ca_path cert_store cert key].freeze
    private_constant :PLAIN, :TLS

    def initialize(headers: {}, proxy: nil, **tls)
      unknown = tls.keys - TLS
      raise ArgumentError, "unknown options: #{unknown.join(', ')}" unless unknown.empty?

      @headers = headers.to_h { |name, value| [name.to_s.downcase, value.to_s] }
      @proxy = proxy && URI(proxy)
      @tls = tls.compact
    end

    # Does the fetch and blocks until it is done.
    def call(request)
      # Everything in here is ours and thrown away when the time is over: names, connections, and what was read.
      Timeout.timeout(request.timeout) { fetch(URI(request.url), request) }
    end

    private

    def fetch(url, request)
      get = Net::HTTP::Get.new(url, PLAIN.merge(request.headers, @headers))
      connection(url, request.timeout).start do |http|
        # Answered within the block: whatever the status, nothing is followed.
        http.request(get) { |answer| return FetchResponse.new(answer.code.to_i, fields(answer), body(answer, request.max_body)) }
      end
    end

    def connection(url, timeout)
      from = url.scheme == "http" || url.scheme == "https" ? url : raise(ArgumentError, "only http and https are fetched")
      http = Net::HTTP.new(from.hostname, from.port, *proxy)
      http.use_ssl = from.scheme == "https"
      http.verify_mode = OpenSSL::SSL::VERIFY_PEER if http.use_ssl?
      http.open_timeout = http.read_timeout = http.write_timeout = http.ssl_timeout = timeout
      http.max_retries = 0
      @tls.each { |name, value| http.public_send(:"#{name}=", value) }
      http
    end

    # Without arguments Net::HTTP goes by the environment.
    def proxy
      @proxy ? [@proxy.hostname, @proxy.port, @proxy.user, @proxy.password] : []
    end

    def fields(answer)
      answer.to_hash.flat_map { |name, values| values.map { |value| [name, value] } }
    end

    def body(answer, most)
      read = String.new(encoding: Encoding::BINARY)
      answer.read_body do |piece|
        read << piece
        raise ResponseTooLarge, "the body is longer than #{most} bytes" if read.bytesize > most
      end
      # Net::HTTP takes a body that breaks off for a whole one.
      raise EOFError, "the answer broke off" if read.bytesize < answer.content_length.to_i

      read
    end
  end
end
