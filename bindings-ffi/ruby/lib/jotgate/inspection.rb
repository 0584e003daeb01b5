# frozen_string_literal: true

module Jotgate
  # A complete HTTP answer to a request that may not pass: status, pairs of header fields, body.
  Answer = Struct.new(:status, :headers, :body)

  # How the policy's `forward` changes a request before it goes on. Take the header fields named in `remove` out, whatever their
  # case, then set those of `set`, then replace the query where there is one.
  Forward = Struct.new(:remove, :set, :query)

  # Why a token or a request passes the policy or not. It shows claims: keep it from whoever sent the token.
  class Explanation
    def initialize(explained) # :nodoc:
      @explained = explained
    end

    # As JSON text.
    def to_json(*) = @explained.json

    # As a Hash.
    def to_h = JSON.parse(@explained.json)

    # As lines, in colour where that is wanted.
    def to_text(colour: false) = colour ? @explained.coloured : @explained.text
    alias to_s to_text

    # "accepted", "rejected", "unavailable", "skipped" or "undecided".
    def verdict = to_h["verdict"]
  end

  # The part of Validator that looks at things, and changes no verdict.
  module Inspection
    # Why a token passes the policy or not, check by check: for operators, not for whoever sent the token. Fetches keys as
    # `validate` does where there are none. It tells of the policy alone, and calls neither hooks nor `on_event`.
    def explain(token, as_of: nil)
      explained(@ruling.core, TokenQuestion.new(token, as_of))
    end

    # Why a request passes the policy or not, beginning with its route.
    def explain_request(method, path, query = "", headers = {}, as_of: nil)
      ruling = @ruling
      explained(ruling.core, RequestQuestion.new(ruling, method, path, query, headers, as_of))
    end

    # The HTTP answer to send for an error, in the manner that the policy's `responses` names. Takes anything: what is not
    # jotgate's own is answered as an internal error. An endpoint that asks for more in code hands its requirement in, whose
    # scopes the challenge names; what `require` raises has it already.
    def answer(error, requirement = nil)
      denial = denial(error)
      requirement ||= error.requirement if error.is_a?(InvalidToken)
      answer = Native.call { @ruling.core.answer(denial, requirement&.native, @clock.call) }
      Answer.new(answer.status, answer.headers.map { |field| [field.name, field.value] }, answer.body)
    end

    # How the policy's `forward` changes this request before it goes on; `verified` is what validating it gave, nil included.
    def forward(verified, method, path, query = "", headers = {})
      ruling = @ruling
      forwarding = Native.call { ruling.core.forward(ruling.whole(method, path, query, headers), verified&.payload) }
      Forward.new(forwarding.remove, forwarding.set.map { |field| [field.name, field.value] }, forwarding.query)
    end

    # Whether the policy has a `forward`: whoever hands requests on must then apply it.
    def forwards? = @ruling.forwards?

    # The names of the header fields that the policy reads, in lower case; nil for all.
    def header_names = @ruling.reads.headers

    # How the key sets are, for health checks and metrics. `:sources` has one entry for each URL of the policy.
    def health = JSON.parse(Native.call { @ruling.core.health(@clock.call) }, symbolize_names: true)

    # Adds a listener beside `on_event`, until the Proc that this gives is called.
    def subscribe(listener = nil, &block) = @events.subscribe(listener || block)

    # Starts a fetch for every key set, past all caches, except for those that wait after a failure. It does not wait for the
    # answers.
    def refresh_keys
      @driver.core.refresh_keys
      @driver.start
      nil
    end

    # Waits until no work of this validator is under way, for so many seconds at most; whether none is.
    def settle(timeout = nil) = @driver.settle(timeout)

    # The fetched key sets as text for `import_keys`. Whoever can change it can make tokens pass: store it like the policy.
    def export_keys = Native.call { @ruling.core.export_keys }

    # Begins with the key sets of `export_keys`; for how many of the policy's URLs that was of use. Raises ArgumentError for a
    # text that is no snapshot; then nothing has changed.
    def import_keys(snapshot)
      taken = Native.call { @ruling.core.import_keys(snapshot, @clock.call) }
      @events.tell(@driver.core)
      taken
    end

    # Shows nothing of the policy, which may hold a secret.
    def inspect = "#<#{self.class}>"

    private

    def explained(core, question)
      explanation = Explanation.new(Native.call { question.explain(core, @clock.call) })
      return explanation unless explanation.verdict == "unavailable"

      @driver.verdict(core, question)
      Explanation.new(Native.call { question.explain(core, @clock.call) })
    end

    def denial(error)
      code = error.is_a?(InvalidToken) || error.is_a?(KeysUnavailable) ? error.code : InternalError::CODE
      JotgateNative::Denial.new(
        code: Native::CODES.key(code),
        issuer: error.respond_to?(:issuer_index) ? error.issuer_index : nil,
        route: error.is_a?(InvalidToken) ? error.route_index : nil,
        retry_at_ms: error.is_a?(KeysUnavailable) ? Native.millis(error.retry_at) : nil
      )
    end
  end
end
