# frozen_string_literal: true

module Conformance
  # Calls that wait until a step lets them go, whatever has become of them since.
  class Gates
    def initialize
      @lock = Mutex.new
      @changed = ConditionVariable.new
      @closed = []
    end

    # Waits at this gate; what it was opened with.
    def wait(name)
      @lock.synchronize do
        gate = { name:, open: false, with: nil }
        @closed << gate
        @changed.wait(@lock) until gate[:open]
        gate[:with]
      end
    end

    # Lets those of this name go; nil is every name.
    def open(name = nil, with: nil)
      @lock.synchronize do
        @closed.each { |gate| gate.merge!(open: true, with:) if name.nil? || gate[:name] == name }
        @closed.reject! { |gate| gate[:open] }
        @changed.broadcast
      end
    end

    def standing = @lock.synchronize { @closed.length }
  end

  # The issuer of a scenario. It answers as the steps say, and only while a step lets it: a validation that a release has woken up
  # may ask at once, but its fetch stands at the gate until the step that takes its verdict.
  class ScenarioIssuer
    attr_reader :passed, :last

    def initialize
      @served = {}
      @passed = 0
      forked
    end

    # In a child process nothing of what was held goes on.
    def forked
      @lock = Mutex.new
      @changed = ConditionVariable.new
      @held = Gates.new
      @at_gate = 0
      @open = false
    end

    def call(request)
      what = pass_gate(request)
      what = @held.wait(request.url) if what == "hold"
      raise Timeout::Error, "no answer in time" if what == "timeout"
      raise Errno::ECONNREFUSED, "nobody is there" unless what.is_a?(Hash)
      raise Errno::ECONNREFUSED, what["down"] if what.key?("down")

      Support.answered(what)
    end

    def serve(answers) = @lock.synchronize { @served.merge!(answers) }

    # Answers the held fetches of a URL with what is served now.
    def release(url) = @held.open(url, with: @served[url])

    # Ends the fetches of a validator that is no more.
    def forget = @held.open

    def open=(open)
      @lock.synchronize do
        @open = open
        @changed.broadcast
      end
    end

    # How many fetches stand here, at the gate or without an answer.
    def standing = @lock.synchronize { @open ? 0 : @at_gate } + @held.standing

    private

    def pass_gate(request)
      @lock.synchronize do
        @at_gate += 1
        @changed.wait(@lock) until @open
        @at_gate -= 1
        @passed += 1
        @last = request
        @served[request.url]
      end
    end
  end

  # The store of a scenario: what the steps put there, or what was saved since.
  class ScenarioStore
    attr_accessor :text
    attr_reader :loads, :saves

    def initialize
      @does = { "load" => "work", "save" => "work" }
      @loads = @saves = 0
      @landed = []
      forked
    end

    def forked = @gates = Gates.new

    def load
      @loads += 1
      pass("load")
      @text
    end

    def save(text)
      @saves += 1
      pass("save")
      @text = text
      documents = JSON.parse(text)["sources"].filter_map { |source| source["document"] }
      @landed << documents.flat_map { |document| JSON.parse(document)["keys"].map { |key| key["kid"] } }
    end

    # What is not named stays as it is.
    def change(does) = @does.merge!(does)

    def release(part) = @gates.open(part)

    # Ends the calls of a validator that is no more.
    def forget = @gates.open(with: "gone")

    def standing = @gates.standing

    # The key ids of each text that came since this was last called.
    def landed
      @landed.tap { @landed = [] }
    end

    private

    def pass(part)
      raise IOError, "the store is broken" if @does[part] == "fail"
      raise IOError, "the process is gone" if @does[part] == "hold" && @gates.wait(part) == "gone"
    end
  end

  # Timers that the clock of a scenario moves, and what is seen through them of the validations.
  class ScenarioTimers
    def initialize(clock)
      @clock = clock
      @lock = Mutex.new
      @work = []
      @waiting = {}
      @waits = Hash.new(0)
    end

    def limit(done, seconds, &overdue)
      @lock.synchronize { @work << { at: @clock.call + seconds, done:, overdue: } }
    end

    def wait(_question, latch, seconds)
      timer = { at: @clock.call + seconds, latch:, overdue: false }
      @lock.synchronize do
        @waits[Thread.current] += 1
        @waiting[Thread.current] = timer
      end
      latch.wait
      !timer[:overdue]
    end

    # Ends the time of work where it is over.
    def overrun
      over = @lock.synchronize { @work.partition { |timer| timer[:at] <= @clock.call }.tap { |_, left| @work = left } }.first
      over.each { |timer| timer[:overdue].call unless timer[:done].set? }
    end

    # Ends the patience of those who have waited for long enough.
    def lose_patience
      over = @lock.synchronize { @waiting.values.select { |timer| timer[:at] <= @clock.call && !timer[:latch].set? } }
      over.each do |timer|
        timer[:overdue] = true
        timer[:latch].set
      end
    end

    # How often a thread has waited.
    def waits(thread) = @lock.synchronize { @waits[thread] }

    # Whether a thread waits, and was not woken yet.
    def waiting?(thread) = @lock.synchronize { @waiting[thread] && !@waiting[thread][:latch].set? }
  end

  # What the log is told of key sets; what it is told of stores is no step's concern.
  class ScenarioLog
    def initialize
      @told = []
      @lock = Mutex.new
    end

    def warn(text)
      @lock.synchronize { @told << text } unless text.start_with?("the store of key sets", "key sets were not saved")
    end

    def error(_text) = nil

    def drain = @lock.synchronize { @told.tap { @told = [] } }
  end
end
