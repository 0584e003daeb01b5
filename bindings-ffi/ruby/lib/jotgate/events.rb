# frozen_string_literal: true

module Jotgate
  # Hands one validator's events to its listeners. Never under a lock, so a listener may validate, too. Without a listener nothing
  # is taken from the core, which keeps the latest events for the first one.
  class Events # :nodoc:
    def initialize(clock)
      @clock = clock
      @listeners = [].freeze
      @lock = Mutex.new
    end

    # Adds a listener; the Proc that it gives takes it away again.
    def subscribe(listener)
      raise TypeError, "a listener answers to call" unless listener.respond_to?(:call)

      entry = [listener]
      @lock.synchronize { @listeners = [*@listeners, entry].freeze }
      -> { @lock.synchronize { @listeners = @listeners.reject { |each| each.equal?(entry) }.freeze } }
    end

    # Hands on what the core has to tell.
    def tell(core)
      until @listeners.empty?
        event = core.poll_event or return
        call(JSON.parse(event, symbolize_names: true))
      end
    end

    # Tells that a token was refused, after what the core has to tell about it.
    def refused(core, error)
      return if @listeners.empty?

      tell(core)
      is_refusal = error.is_a?(InvalidToken)
      issuer = is_refusal || error.is_a?(KeysUnavailable) ? error.issuer_index : nil
      call({ at: @clock.call / 1000.0, event: "rejected", code: error.code, claim: is_refusal ? error.claim : nil, issuer:,
             route: is_refusal ? error.route_index : nil })
    end

    private

    def call(event)
      @listeners.each do |(listener)|
        listener.call(event.dup)
      rescue StandardError => e
        Jotgate.warn("on_event failed", e)
      end
    end
  end
  private_constant :Events
end
