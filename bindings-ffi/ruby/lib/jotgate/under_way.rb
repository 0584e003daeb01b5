# frozen_string_literal: true

module Jotgate
  # Something that happens once, and that threads wait for.
  class Latch # :nodoc:
    def initialize
      @lock = Mutex.new
      @changed = ConditionVariable.new
      @is_set = false
    end

    def set
      @lock.synchronize do
        @is_set = true
        @changed.broadcast
      end
    end

    def set? = @lock.synchronize { @is_set }

    # Whether it is set within so many seconds; nil waits for ever.
    def wait(seconds = nil)
      till = seconds && (monotonic + seconds)
      @lock.synchronize do
        until @is_set
          left = till && (till - monotonic)
          return false if left && left <= 0

          @changed.wait(@lock, left)
        end
      end
      true
    end

    private

    def monotonic = Process.clock_gettime(Process::CLOCK_MONOTONIC)
  end

  # The work that was taken and has not ended, and those who wait for it.
  class UnderWay # :nodoc:
    def initialize
      @lock = Mutex.new
      @waiting = {}
    end

    # The next piece of work, nil for none. Taken under the lock, so that nobody misses here what another was just given.
    def take
      @lock.synchronize do
        work = yield
        @waiting[work.id] = [] if work
        work
      end
    end

    def out?(id) = @lock.synchronize { @waiting.key?(id) }

    # Wakes those who wait for this piece, and nobody else.
    def end(id)
      waiting = @lock.synchronize { @waiting.delete(id) }
      waiting&.each(&:set)
    end

    # What is set when the first of these ends; nil where one has ended already, so that nobody has to wait.
    def first_of(ids)
      @lock.synchronize do
        return nil unless ids.all? { |id| @waiting.key?(id) }

        Latch.new.tap { |latch| ids.each { |id| @waiting[id] << latch } }
      end
    end

    # What is set when any that is under way ends; nil when none is.
    def any
      ids = @lock.synchronize { @waiting.keys }
      ids.empty? ? nil : first_of(ids)
    end
  end

  # Tells when the time of work is over, and the patience of those who wait for it.
  class Timing # :nodoc:
    # Calls the block when the work has not ended in its time. A thread of its own, because what follows may call the application.
    def limit(done, seconds)
      thread = Thread.new { yield unless done.wait(seconds) }
      thread.name = "jotgate-timeout"
    end

    # Whether what is waited for came in time.
    def wait(_question, latch, seconds) = latch.wait(seconds)
  end
  private_constant :Latch, :UnderWay, :Timing
end
