# frozen_string_literal: true

require_relative "stand_ins"

module Conformance
  # Plays a scenario: a validator on a clock that stands where the steps set it, and an issuer that answers as they say. Each
  # validation that has to wait is a thread; a step is over when no thread can go on by itself.
  class Stage
    PATIENCE = 30

    def self.play(scenario)
      stage = new(scenario)
      stage.play(scenario["steps"])
    ensure
      stage.leave
    end

    def initialize(scenario)
      @scenario = scenario
      @now = @start = scenario["start"]
      @issuer = ScenarioIssuer.new
      @store = ScenarioStore.new if scenario["steps"].any? { |step| step.key?("store") || step.key?("store_does") }
      @log = Jotgate.logger = ScenarioLog.new
      @begun = {}
      @accepted = {}
      @snapshots = {}
      @others = Thread.list
      open
    end

    def play(steps)
      shown = []
      steps.each_with_index do |step, number|
        return shown + in_child(step, steps.drop(number + 1)) if step.key?("reissue")

        shown << take(step)
      end
      shown
    end

    # Ends all that is held, which nothing else does.
    def leave
      @issuer.open = true
      @issuer.forget
      @store&.forget
      Jotgate.logger = Logger.new(IO::NULL)
    end

    private

    # A validator that knows nothing yet.
    def open
      # What an old one tells goes into its own list.
      events = @events = []
      @log.drain
      @validator = Jotgate::Validator.from_policy(
        @scenario["policy"], fetch: @issuer, store: @store, clock: -> { @now },
                             # The scenarios tell of key sets alone.
                             on_event: ->(event) { events << event[:event] unless event[:event] == "rejected" }
      )
      time
    end

    # That alone is put in place behind the public API.
    def time
      @timers = ScenarioTimers.new(-> { @now })
      @validator.instance_variable_get(:@driver).timing = @timers
    end

    # What the rest of the steps show in a child process, in which no other thread goes on.
    def in_child(step, rest)
      reading, writing = IO.pipe
      child = fork do
        [@issuer, @store].compact.each(&:forked)
        @begun = {}
        @others = Thread.list
        time
        writing.write(JSON.generate(play([step.slice("at").merge("poll" => 1), *rest])))
        writing.close
        exit!(0)
      end
      writing.close
      JSON.parse(reading.read)
    ensure
      Process.wait(child)
    end

    def take(step)
      @now = @start + step["at"] if step.key?("at")
      shown = act(step)
      @issuer.open = false
      shown[:fetches] = @issuer.passed
      shown.merge!(loads: @store.loads, saves: @store.saves) if @store
      shown
    end

    def act(step)
      name = (step.keys & STEPS).first or raise "the step is none that is known"
      shown = send(:"step_#{name}", step[name])
      shown.is_a?(Hash) ? shown : {}
    end

    def step_serve(answers) = @issuer.serve(answers)

    def step_validate(token)
      @issuer.open = true
      ended(token, begun(token))
    end

    def step_begin(of)
      @issuer.open = true
      @begun[of["name"]] = begun(of["token"])
      settle
    end

    def step_end(name)
      @issuer.open = true
      ended(name, @begun.delete(name))
    end

    # What follows from it stands at the gate.
    def step_release(url)
      @issuer.release(url)
      settle
    end

    def step_requested(_)
      last = @issuer.last
      fields = %w[accept if-none-match cache-control].to_h { |name| [name.tr("-", "_").to_sym, last.headers[name]] }
      { requested: { url: last.url, timeout: last.timeout, max_body: last.max_body, **fields } }
    end

    def step_restart(_)
      @issuer.forget
      @store&.forget
      settle
      open
    end

    def step_refresh(_)
      @issuer.open = true
      @validator.refresh_keys
      settle
    end
    alias step_refresh_keys step_refresh

    def step_export(name) = @snapshots[name] = @validator.export_keys

    def step_import(from)
      { imported: @validator.import_keys(from["text"] || @snapshots[from["kept"]]) }
    rescue ArgumentError
      { imported: "refused" }
    end

    def step_replace(document)
      @validator.replace(document)
      { replaced: true }
    rescue Jotgate::PolicyError => e
      { replaced: false, code: e.code, path: e.path }
    end

    def step_require(step)
      requirement = Jotgate::Requirement.from_document(step["asks"])
      @validator.require(@accepted[step["of"]], requirement)
      { verdict: "accepted" }
    rescue Jotgate::Error => e
      challenge = @validator.answer(e, requirement).headers.to_h["WWW-Authenticate"]
      { verdict: "rejected", code: e.code, claim: e.is_a?(Jotgate::InvalidToken) ? e.claim : nil, challenge: }
    end

    def step_health(of) = { health: @validator.health[:sources][of["source"]] }

    def step_events(_) = { events: @events.slice!(0..) }

    def step_warnings(_) = { warnings: @log.drain }

    def step_store(text) = @store.text = text

    def step_store_does(does) = @store.change(does)

    def step_store_release(part)
      @issuer.open = true
      @store.release(part)
      settle
    end

    def step_saved(_) = { saved: @store.landed }

    def step_waiting(name) = { waiting: @begun[name].alive?, asked: @timers.waits(@begun[name]) }

    def step_overrun(_)
      @issuer.open = true
      @timers.overrun
      settle
    end

    # What is due is taken after each verdict, whatever it says.
    def step_poll(_)
      before = @issuer.passed
      @issuer.open = true
      begin
        @validator.validate("")
      rescue Jotgate::InvalidToken
        nil
      end
      settle
      { polled: @issuer.passed - before }
    end

    STEPS = private_instance_methods(false).filter_map { |name| name[/\Astep_(.*)/, 1] }.freeze
    private_constant :STEPS

    def begun(token)
      thread = Thread.new { verdict(@scenario["tokens"][token]) }
      thread.report_on_exception = false
      @running = [*@running, thread]
      thread
    end

    def verdict(token)
      { verdict: "accepted", verified: @validator.validate(token) }
    rescue Jotgate::InvalidToken => e
      { verdict: "rejected", code: e.code }
    rescue Jotgate::KeysUnavailable => e
      { verdict: "unavailable", code: e.code, retry_after: (e.retry_at.to_r - @now.to_r).to_f }
    end

    # The verdict, which must come without a release, and after it the fetches that are due.
    def ended(name, thread)
      settle
      if thread.alive?
        @timers.lose_patience
        raise "the validation waits for a fetch that nobody releases" unless thread.join(PATIENCE)
      end
      shown = thread.value.dup
      verified = shown.delete(:verified)
      @accepted[name] = verified if verified
      shown[:asked] = @timers.waits(thread) + 1
      settle
      shown
    end

    # Waits until every thread stands where only a step moves it. Whether validations wait is asked before and after it is seen
    # that all work stands: what was woken between has waited once more, or has ended.
    def settle
      till = Process.clock_gettime(Process::CLOCK_MONOTONIC) + PATIENCE
      until quiet?
        raise "the threads never came to rest" if Process.clock_gettime(Process::CLOCK_MONOTONIC) > till

        sleep(0.0002)
      end
    end

    def quiet?
      running = Array(@running).select(&:alive?)
      before = running.sum { |thread| @timers.waits(thread) }
      return false unless running.all? { |thread| @timers.waiting?(thread) }

      work = Thread.list - @others - Array(@running)
      return false unless work.length == @issuer.standing + (@store ? @store.standing : 0)

      running.all? { |thread| thread.alive? && @timers.waiting?(thread) } && running.sum do |thread|
        @timers.waits(thread)
      end == before
    end
  end
end
