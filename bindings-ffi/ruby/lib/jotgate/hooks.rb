# frozen_string_literal: true

module Jotgate
  # What the application adds to a verdict: it may look clients up, refuse revoked tokens, and change what it sees. Whatever goes
  # wrong in one of them refuses the token.
  class Hooks # :nodoc:
    attr_reader :transform

    def initialize(client_lookup, is_revoked, transform)
      @client_lookup = client_lookup
      @is_revoked = is_revoked
      @transform = transform
    end

    # The verdict after the application has answered all questions, and what one of its functions has raised.
    def decided(verdict)
      error = nil
      while verdict.undecided?
        answer, error = answered(verdict)
        verdict = verdict.token.answer(answer)
      end
      [verdict, error]
    end

    # The token with the claims that the application wants to see.
    def shown(verified)
      return verified if @transform.nil?

      claims = transformed(verified)
      raise InternalError, "transform gave no Hash" unless claims.is_a?(Hash)

      verified.with_claims(claims)
    end

    private

    # Nothing but true and false is an answer: a forgotten one must not let a token through.
    def answered(verdict)
      name, said = asked(verdict)
      return [JotgateNative::HostAnswer::YES, nil] if said == true
      return [JotgateNative::HostAnswer::NO, nil] if said == false

      Jotgate.logger.error("#{name} must give true or false, not #{said.class}") if name
      [JotgateNative::HostAnswer::FAILED, nil]
    rescue StandardError => e
      Jotgate.warn("a function of the application failed, and the token is refused", e)
      [JotgateNative::HostAnswer::FAILED, e]
    end

    def asked(verdict)
      token = UndecidedToken.new(verdict.token.texts, verdict.issuer)
      question = verdict.question
      if question.client? && @client_lookup
        ["client_lookup", @client_lookup.call(question.id, token)]
      elsif question.revoked? && @is_revoked
        ["is_revoked", @is_revoked.call(token)]
      end
    end

    def transformed(verified)
      @transform.call(JSON.parse(verified.payload, max_nesting: false))
    rescue StandardError => e
      Jotgate.warn("transform failed, and the token is refused", e)
      raise InternalError, "transform failed"
    end
  end
  private_constant :Hooks
end
