# frozen_string_literal: true

# A class for each stable code, under Jotgate::Error. Where ruby-jwt has one for the same thing, it has its name.
#
# Rescue InvalidToken for every token that must not pass, and KeysUnavailable for one about which nobody can say anything: answer
# 401 or 403 to the first, 503 to the second. No error carries any part of a token, a claim's value or a key.
module Jotgate
  # The base of everything that jotgate raises on purpose.
  class Error < StandardError
    CODE = "internal_error"

    # The stable code, the same in every language that jotgate speaks.
    def code = self.class::CODE
  end

  # The token must not pass.
  class InvalidToken < Error
    # A text for operators, which may change between versions.
    attr_reader :detail
    # The name of the claim that it is about, or nil.
    attr_reader :claim
    # The entry of the policy's `issuers`, counted from 0; nil when the token did not get that far.
    attr_reader :issuer_index
    # The entry of the policy's `routes`, counted from 0, or nil.
    attr_reader :route_index
    # What the endpoint asked for in code, where it was that which the token is not: the challenge names its scopes.
    attr_accessor :requirement

    # Applications may raise these themselves, such as RevokedToken: Validator#answer takes them, too.
    def initialize(detail = nil, claim: nil, issuer_index: nil, route_index: nil)
      @detail = detail.to_s
      @claim = claim
      @issuer_index = issuer_index
      @route_index = route_index
      super(told)
    end

    private

    def told
      text = @detail.empty? ? code : "#{code}: #{@detail}"
      @claim ? "#{text} (#{@claim})" : text
    end
  end

  # The request carries no token where the policy looks for one.
  class MissingToken < InvalidToken; CODE = "missing_token" end
  # The request carries several tokens that differ.
  class MultipleTokens < InvalidToken; CODE = "multiple_tokens" end
  # No route of the policy names the request, and the policy says `unmatched: deny`.
  class UnmatchedRequest < InvalidToken; CODE = "unmatched_request" end
  # Servers read the path of the request in more than one way, and one of them could let it pass somewhere.
  class AmbiguousTarget < InvalidToken; CODE = "ambiguous_target" end
  # The token is not three strict base64url segments that hold strict JSON objects.
  class DecodeError < InvalidToken; CODE = "malformed_token" end
  # A token of a kind that is not read: encrypted, compressed, nested or with a detached payload.
  class UnsupportedToken < DecodeError; CODE = "unsupported_token" end
  # The header demands an extension (`crit`); none is supported.
  class UnsupportedCritical < DecodeError; CODE = "unsupported_critical" end
  # The token is longer than the policy's `limits.token_bytes`.
  class TokenTooLarge < DecodeError; CODE = "token_too_large" end
  # The signature does not verify under the issuer's key.
  class VerificationError < DecodeError; CODE = "invalid_signature" end
  # `iss` is none of the policy's issuers.
  class InvalidIssuerError < InvalidToken; CODE = "unknown_issuer" end
  # The token names no issuer.
  class MissingIssuer < InvalidIssuerError; CODE = "missing_issuer" end
  # The token's algorithm is not one that the policy allows.
  class IncorrectAlgorithm < InvalidToken; CODE = "algorithm_not_allowed" end
  # The issuer has no key of the token's `kid`, and all its key sets have been asked.
  class UnknownKey < InvalidToken; CODE = "unknown_key" end
  # Several different keys fit the token.
  class AmbiguousKey < InvalidToken; CODE = "ambiguous_key" end
  # The issuer has a key of the token's `kid`, but it cannot verify this token.
  class UnusableKey < InvalidToken; CODE = "unusable_key" end
  # `exp` has passed.
  class ExpiredSignature < InvalidToken; CODE = "expired" end
  # `nbf` lies ahead.
  class ImmatureSignature < InvalidToken; CODE = "not_yet_valid" end
  # `iat` lies ahead.
  class InvalidIatError < InvalidToken; CODE = "issued_in_future" end
  # The token was issued longer ago than the policy's `max_age`.
  class TokenTooOld < InvalidToken; CODE = "too_old" end
  # The token lives longer than the policy's `max_lifetime`.
  class LifetimeTooLong < InvalidToken; CODE = "lifetime_too_long" end
  # A claim that the policy requires is absent or null.
  class MissingRequiredClaim < InvalidToken; CODE = "missing_claim" end
  # A claim has a type or value that its definition does not allow.
  class InvalidClaim < InvalidToken; CODE = "invalid_claim" end
  # The header's `typ` is not one that the policy accepts.
  class InvalidType < InvalidToken; CODE = "invalid_type" end
  # None of the policy's audiences is in `aud`.
  class InvalidAudError < InvalidToken; CODE = "audience_mismatch" end
  # A claim rule of the policy does not hold.
  class ClaimRejected < InvalidToken; CODE = "claim_rejected" end
  # The token is bound to a key (`cnf`), and nothing proves that the client holds it.
  class ConfirmationFailed < InvalidToken; CODE = "confirmation_failed" end
  # The client is none of those that the policy allows, or `client_lookup` does not know it.
  class ClientNotAllowed < InvalidToken; CODE = "client_not_allowed" end
  # The token lacks a scope that is asked for.
  class InsufficientScope < InvalidToken; CODE = "insufficient_scope" end
  # The token was revoked.
  class RevokedToken < InvalidToken; CODE = "revoked" end

  # The issuer's keys are not at hand, so the token can be neither accepted nor refused: answer 503, never 401.
  class KeysUnavailable < Error
    CODE = "keys_unavailable"

    # What became of the last fetch, for operators alone.
    attr_reader :detail
    # When to come back, as a Time.
    attr_reader :retry_at
    # The entry of the policy's `issuers` whose keys are missing, counted from 0, or nil.
    attr_reader :issuer_index

    def initialize(detail = nil, retry_at: Time.now, issuer_index: nil)
      @detail = detail.to_s
      @retry_at = retry_at
      @issuer_index = issuer_index
      super(@detail.empty? ? code : "#{code}: #{@detail}")
    end
  end

  # One thing that is wrong with a policy: where, what, and what to do about it. `line` and `column` count from 1, in the text of
  # the document; they are nil where there is no text.
  PolicyProblem = Struct.new(:path, :message, :hint, :line, :column, keyword_init: true) do
    def to_s
      place = line && "line #{line}, column #{column}"
      places = [path, place].reject { |word| word.to_s.empty? }.uniq
      text = places.empty? ? message : "#{places.join(', ')}: #{message}"
      hint ? "#{text} (#{hint})" : text
    end
  end

  # The policy is wrong, or what an endpoint asks for. Making a Validator or a Requirement raises it.
  class PolicyError < Error
    CODE = "policy_error"

    # Everything that is wrong, at most 20 things; `path`, `detail` and `hint` are those of the first.
    attr_reader :problems

    def initialize(detail = nil, path: "", hint: nil, problems: nil)
      @problems = (problems || [PolicyProblem.new(path:, message: detail.to_s, hint:)]).freeze
      super(told)
    end

    # That of the native library.
    def self.of(mistake) # :nodoc:
      new(problems: mistake.problems.map do |problem|
        place = problem.line.zero? ? {} : { line: problem.line, column: problem.column }
        PolicyProblem.new(path: problem.path, message: problem.text, hint: problem.hint, **place)
      end)
    end

    # The place in the policy document (`issuers[0].audience`) or the option of Validator (`audience`).
    def path = problems.first.path

    # What is wrong and what was expected.
    def detail = problems.first.message

    # What to do about it, or nil.
    def hint = problems.first.hint

    private

    def told
      first, *others = problems
      lines = [first.to_s]
      lines << "and #{others.length} more:" unless others.empty?
      [*lines, *others.map { |problem| "  #{problem}" }].join("\n")
    end
  end

  # A bug in jotgate, or in a function of the application that it calls. The token is refused: answer 500.
  class InternalError < Error; CODE = "internal_error" end

  # The class of every code.
  CLASS_OF_CODE = constants.filter_map do |name|
    kind = const_get(name)
    [kind::CODE, kind] if kind.is_a?(Class) && kind < Error && kind != InvalidToken
  end.to_h.freeze
end
