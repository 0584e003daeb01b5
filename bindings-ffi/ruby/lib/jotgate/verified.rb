# frozen_string_literal: true

module Jotgate
  # Claims, as they were signed: of a token that may pass, or of one about which the application is asked.
  module Claims
    # All claims, names as texts: frozen, at every level.
    def claims = @claims ||= JSON.parse(payload, freeze: true, max_nesting: false)

    # The parameters of the header.
    def header = @header ||= JSON.parse(@header_text, freeze: true, max_nesting: false)

    # One claim, nil where there is none.
    def [](name) = claims[name.to_s]

    # A claim, or what stands within one; see Hash#dig.
    def dig(name, *names) = claims.dig(name.to_s, *names)

    # Whether there is such a claim.
    def key?(name) = claims.key?(name.to_s)

    # The claims as JSON text without duplicate members.
    attr_reader :payload
    # Which entry of the policy's `issuers` the token comes from, counted from 0.
    attr_reader :issuer_index

    # `iss`.
    def issuer = self["iss"]

    # `sub`.
    def subject = self["sub"]

    # `jti`.
    def token_id = self["jti"]

    # `aud`, as a list.
    def audience = Array(self["aud"])

    # Shows no claim: a token may hold personal data, and this ends in logs.
    def inspect = "#<#{self.class} issuer_index=#{issuer_index.inspect}>"
    alias to_s inspect
  end

  # A token that may pass. Only a validator makes one.
  class Verified
    include Claims

    # `exp`, `nbf` and `iat` as a Time, nil where there is none.
    attr_reader :expires_at, :not_before, :issued_at

    private_class_method :new

    # What the core has accepted.
    def self.of(token, transformed = nil) # :nodoc:
      new(token, transformed)
    end

    # The same token, for tests of what is behind the validation: every validator takes it.
    def self.of_any_validator(verified) # :nodoc:
      new(verified.send(:token), nil, JotgateNative.origin_of_any_validator)
    end

    # The scopes, from the claims where the policy looks for them.
    def scopes
      @scopes ||= Native.call { JotgateNative.scopes(@token.payload, @token.scope_claim) }.map(&:freeze).freeze
    end

    # Whether the token has this scope.
    def scope?(name) = scopes.include?(name)

    # The same token with the claims that the application's `transform` shows.
    def with_claims(claims) # :nodoc:
      self.class.of(@token, claims)
    end

    # What the core is told of it.
    def held # :nodoc:
      JotgateNative::HeldToken.new(
        header: @token.header, payload: @token.payload, origin: @origin, issuer: @token.issuer,
        judged_for_ms: @token.judged_for_ms, scope_claim: @token.scope_claim
      )
    end

    private

    attr_reader :token

    def initialize(token, transformed, origin = token.origin)
      @token = token
      @origin = origin
      @claims = transformed
      @payload = token.payload
      @header_text = token.header
      @issuer_index = token.issuer
      @expires_at, @not_before, @issued_at = [token.expires_at, token.not_before, token.issued_at].map do |date|
        date && Time.at(date)
      end
    end
  end

  # A token that passed every check of the policy, and about which the application has not said its word yet. It is no Verified,
  # and nothing that takes one takes it.
  class UndecidedToken
    include Claims

    def initialize(texts, issuer_index) # :nodoc:
      @payload = texts.payload
      @header_text = texts.header
      @issuer_index = issuer_index
    end
  end
end
