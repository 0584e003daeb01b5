# frozen_string_literal: true

require_relative "../jotgate"

module Jotgate
  # For tests of what validates tokens with jotgate. Nothing of the package loads this file.
  module Testing
    # A token or a request that the policy refuses with one certain `code`. `token` is nil where the request is bad and not its
    # token. A request that is refused so has this `http_method`, this `target` (with the query) and these `headers`.
    Bad = Struct.new(:code, :what, :token, :http_method, :target, :headers, keyword_init: true)

    # What the kit makes of a code: whether a token or a request can give it, what is bad about that, or why there is none, and
    # what the policy must have for it.
    Recipe = Struct.new(:code, :makeable, :what, :needs, keyword_init: true)

    # The table of codes, in its order.
    def self.recipes
      JSON.parse(JotgateNative.test_recipes).map { |row| Recipe.new(**row.transform_keys(&:to_sym)) }
    end

    # An issuer for tests: it mints tokens, publishes keys, changes them, and breaks. It needs no socket.
    #
    #   issuer = Jotgate::Testing::Issuer.new(policy: "policy.yaml")   # the policy that the application ships
    #   validator = issuer.validator                                   # the same, with this issuer's keys in place of its own
    #   token = issuer.token("alice")                                  # good under it
    #   bad = issuer.bad("expired")                                    # refused with this code and no other
    #
    # A key is made with it, and gone with it: RSA takes a tenth of a second, so make one issuer for many tests.
    class Issuer
      # - `policy`: the application's own: a Hash, JSON text, or the path of a file. Default: one of its own, of `issuer` and
      #   `audience`.
      # - `issuer`: which of the policy's issuers it is. Default: the first; without a policy `https://issuer.test/`.
      # - `audience`: that of its own policy. Default: `test-api`.
      # - `algorithm`: what its tokens are signed with. Default: the first that the policy lists, or else RS256.
      # - `kid`: the id of its first key. Default: `test-1`.
      # - `claims`: what all its tokens have.
      # - `now`: a time in seconds since the Unix epoch at which its clock stands, or a clock. Default: that of the system.
      #
      # Whatever cannot be done raises a PolicyError that says why.
      def initialize(policy: nil, now: nil, **options)
        unknown = options.keys - %i[issuer audience algorithm kid claims]
        raise ArgumentError, "unknown options: #{unknown.join(', ')}" unless unknown.empty?

        options[:policy] = document(policy) if policy
        @native = Native.call { JotgateNative::TestIssuer.new(json(options)) }
        @clock = now.nil? || now.respond_to?(:call) ? now : -> { now }
      end

      # The `iss` of its tokens.
      def name = text("name")

      # The application's policy with the keys of now in place of its own.
      def policy = JSON.parse(text("policy"))

      # The key set, as it should be.
      def jwks = JSON.parse(text("jwks"))

      # The application's policy with `BASE/jwks` in place of its keys.
      def policy_fetching(base) = JSON.parse(text("policy_fetching", base:))

      # A Validator of `policy`, on this issuer's clock. Takes what Validator.from_policy takes.
      def validator(**host) = Validator.from_policy(policy, **{ clock: @clock }.compact, **host)

      # A token that is good under the policy, but for what is said here: `audience`, `scopes`, `client`, `lifetime` in seconds,
      # `claims` in place of what they would be, `without` (names of claims), `header`, `algorithm`, `kid`, `now`.
      def token(subject = nil, **options) = text("token", **said(subject, options))

      # The header field of a request with such a token.
      def headers(subject = nil, **options) = { "Authorization" => "Bearer #{token(subject, **options)}" }

      # A Verified, for unit tests of what is behind the validation: minted here, and validated by the core. The `require` of
      # every validator takes it. Raises what Validator#validate raises, where the token is not good.
      def verified(subject = nil, **options)
        validator = validator(client_lookup: ->(_id, _token) { true })
        Verified.of_any_validator(validator.validate(token(subject, **options), as_of: options[:now]))
      end

      # What the policy refuses with this code: the core has been asked before it is handed out. `http_method` and `path` are
      # those of the request, where the policy has routes.
      def bad(code, subject = nil, http_method: nil, path: nil, **options)
        members = JSON.parse(call("bad", code:, method: http_method, path:, token: said(subject, options)))
        members["http_method"] = members.delete("method")
        Bad.new(**members.transform_keys(&:to_sym))
      end

      # A fetch callback: `Validator.new(…, fetch: issuer.method(:fetch))` takes the policy as it ships, and needs no network.
      def fetch(request)
        served = JSON.parse(call("serve", url: request.url))
        raise Timeout::Error, "the issuer of the test does not answer in time" if served["fault"] == "slow"
        raise Errno::ECONNREFUSED, "the issuer of the test is unreachable" if served["status"].nil?

        FetchResponse.new(served["status"], { "content-type" => served["content_type"] }, served["body"])
      end

      # Signs with a new key from now on, and gives its id. Without `overlap` the old one leaves the key set.
      def rotate(overlap: true, kid: nil) = text("rotate", overlap:, kid:)

      # Takes the keys that do not sign any more out of the key set: the end of an overlap.
      def retire_keys = call("retire_keys") && nil

      # Breaks what is fetched, until `mend`: "html", "empty", "wrong_key", "error", "gone", "slow" or "unreachable".
      def break_keys(fault) = call("break_keys", fault:) && nil

      # Answers as it should again.
      def mend = call("mend") && nil

      private

      def document(policy)
        return Documents.filled(Options.text(policy)) if policy.respond_to?(:to_hash) || policy.to_s.lstrip.start_with?("{")

        text, format = Documents.of_file(policy.to_s)
        json = Documents.placed(text, format) { Jotgate.policy_json(text, format) }
        Documents.filled(json, File.dirname(File.expand_path(policy.to_s)))
      end

      def said(subject, options)
        said = { subject:, now: @clock&.call, **options }.compact
        said[:now] = Native.millis(said[:now]) / 1000.0 if said[:now]
        said
      end

      def call(word, **arguments) = Native.call { @native.call(word, json(arguments)) }

      def text(word, **arguments) = JSON.parse(call(word, **arguments))

      def json(options) = JSON.generate(Options.plain(options.compact))
    end
  end
end
