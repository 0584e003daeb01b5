# frozen_string_literal: true

module Jotgate
  # A question about a token, for a time: now, unless it says another.
  class TokenQuestion # :nodoc:
    def initialize(token, as_of)
      raise TypeError, "a token is a String, not #{token.class}" unless token.is_a?(String)

      @token = token
      @as_of = as_of && Native.millis(as_of)
    end

    def ask(core, now) = core.validate(@token, @as_of || now, now)

    def explain(core, now) = core.explain(@token, @as_of || now, now)
  end

  # A question about a request.
  class RequestQuestion # :nodoc:
    def initialize(ruling, method, path, query, headers, as_of)
      @parts = ruling.parts(method, path, query, headers)
      @as_of = as_of && Native.millis(as_of)
    end

    def ask(core, now) = core.validate_request(@parts, @as_of || now, now)

    def explain(core, now) = core.explain_request(@parts, @as_of || now, now)
  end

  # One policy of a validator, with what is known of it for as long as it holds. Every question takes one and keeps it, so that no
  # other policy has a say in it.
  class Ruling # :nodoc:
    attr_reader :core, :reads

    def initialize(core)
      @core = core
      @reads = core.reads
      @names = @reads.headers&.to_h { |name| [name, true] }
      @forwards = core.forwards
    end

    def forwards? = @forwards

    # The parts of a request that the policy reads. Names compare without case.
    def parts(method, path, query, headers)
      fields = pairs(headers).filter_map do |name, value|
        JotgateNative::Field.new(name:, value:) if @names.nil? || @names[name.downcase]
      end
      query = "" unless @reads.query
      JotgateNative::RequestParts.new(method:, path:, query: query || "", headers: fields)
    end

    # The whole request: what goes on is changed by all of its fields.
    def whole(method, path, query, headers)
      fields = pairs(headers).map { |name, value| JotgateNative::Field.new(name:, value:) }
      JotgateNative::RequestParts.new(method:, path:, query: query || "", headers: fields)
    end

    private

    # Two fields of one name are two, in their order.
    def pairs(headers)
      headers.flat_map { |name, values| Array(values).map { |value| [name.to_s, value.to_s] } }
    end
  end
  private_constant :TokenQuestion, :RequestQuestion, :Ruling
end
