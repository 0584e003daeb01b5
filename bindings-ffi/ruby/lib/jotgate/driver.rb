# frozen_string_literal: true

require_relative "failures"
require_relative "under_way"

module Jotgate
  # Does the work that the core gives out, and lets callers wait for it: what is done, when, and for how long at most, the core
  # decides. Each piece has a thread of its own that ends with it, so a process may fork at any time.
  class Driver # :nodoc:
    # The core of the policy that holds now. A question takes one and keeps it.
    attr_reader :core
    attr_writer :timing

    def initialize(core, clock:, fetch:, store:, events:)
      @core = core
      @clock = clock
      @fetch = fetch
      @store = store
      @events = events
      @timing = Timing.new
      @forking = Mutex.new
      @process = Process.pid
      @under_way = UnderWay.new
      @replacing = Mutex.new
    end

    def now = @clock.call

    # Judges by another policy from now on; one at a time.
    def replace
      @replacing.synchronize { @core = yield @core }
      @events.tell(@core)
    end

    # The verdict, after as many fetches as it needs.
    def verdict(core, question)
      loop do
        verdict = ask(core, question)
        return verdict unless verdict.keys_needed?

        await(question, @under_way.first_of(verdict.wait_for), verdict)
      end
    end

    # The verdict, or that keys are needed, whose fetch is started then.
    def verdict_nowait(core, question) = ask(core, question)

    # The verdicts on many tokens: in rounds, all those without one at once, and then it is waited for what each of them needs.
    def verdicts(core, tokens, as_of, threads)
      found = Array.new(tokens.length)
      open = tokens.each_index.to_a
      until open.empty?
        follow_fork
        time = now
        asked = open.map { |index| tokens[index] }
        judged = Native.call { core.validate_many(asked, threads, as_of || time, time) }
        after(judged.work_due)
        open.zip(judged.verdicts) { |index, verdict| found[index] = verdict }
        open = open.select { |index| found[index].keys_needed? }
        # Before any wait: what ends during that of others has ended in time.
        waiting = open.map { |index| found[index] }.uniq(&:wait_for)
        waits = waiting.map { |verdict| [@under_way.first_of(verdict.wait_for), verdict] }
        begun = monotonic
        waits.each { |latch, verdict| await(tokens, latch, verdict, monotonic - begun) }
      end
      found
    end

    # Starts all work that there is, and waits for none.
    def start
      follow_fork
      work
      @events.tell(@core)
    end

    # Waits until no work is under way, for so many seconds at most; whether none is.
    def settle(timeout)
      till = timeout && (monotonic + timeout)
      while (latch = @under_way.any)
        left = till && (till - monotonic)
        return false if left && left <= 0

        latch.wait(left)
      end
      true
    end

    private

    def monotonic = Process.clock_gettime(Process::CLOCK_MONOTONIC)

    def ask(core, question)
      follow_fork
      time = now
      judged = Native.call { question.ask(core, time) }
      after(judged.work_due)
      judged.verdict
    end

    def after(work_due)
      work if work_due
      @events.tell(@core)
    end

    # In a forked child no other thread exists: the work whose threads stayed behind comes again.
    def follow_fork
      return if @process == Process.pid

      @forking.synchronize do
        next if @process == Process.pid

        @under_way = UnderWay.new
        @core.reissue_work(now)
        @process = Process.pid
      end
    end

    # Returns when there may be a verdict.
    def await(question, latch, verdict, waited = 0)
      return if latch.nil? || @timing.wait(question, latch, (verdict.patience_ms / 1000.0) - waited)

      # Nobody has reported it in time: its own thread may be lost.
      time = now
      verdict.wait_for.each do |id|
        @core.report_failed(id, JotgateNative::Failure::TIMEOUT, "", time)
      ensure
        go_on(id, time)
      end
    end

    # Starts all work that there is. The clock is read for each piece: starting one takes time.
    def work(clock = @clock)
      while (piece = @under_way.take { @core.poll_work(clock.call) })
        run(piece)
      end
    end

    def run(piece)
      done = Latch.new
      under_way = @under_way
      begin
        thread = Thread.new { perform(piece, done, under_way) }
        thread.name = "jotgate-work"
        @timing.limit(done, piece.timeout_ms / 1000.0) { ended(piece, nil, Failures::Overdue.new, under_way) unless done.set? }
      rescue ThreadError => e
        # There may be no thread left to start.
        ended(piece, nil, e, under_way)
      end
    end

    def perform(piece, done, under_way)
      problem = Failures::Ended.new("the thread was ended")
      begin
        given = given_by(piece)
        problem = nil
      rescue Exception => e # rubocop:disable Lint/RescueException -- whatever the callback does, its work must end
        problem = e
      end
    ensure
      done.set
      ended(piece, given, problem, under_way)
    end

    def given_by(piece)
      if piece.fetch?
        headers = piece.headers.to_h { |field| [field.name, field.value] }
        request = FetchRequest.new(url: piece.url, headers:, timeout: piece.timeout_ms / 1000.0, max_body: piece.max_body)
        @fetch.call(request.freeze)
      elsif piece.load?
        @store.load
      else
        @store.save(piece.text)
      end
    end

    # The work has ended, or its time is over. What is given up when its time is over is reported again when it has really ended.
    def ended(piece, given, problem, under_way)
      time = now_or_system
      is_news = under_way.out?(piece.id)
      begin
        told = report(piece, given, problem, time)
        Jotgate.warn(told, problem) if is_news && told
      ensure
        go_on(piece.id, time, under_way)
      end
    end

    # Starts what follows from a piece that was reported, tells the log, and wakes those who wait for it: last, because what
    # follows is asked for with a time that was read before they go on, and who has a refusal finds in the log why.
    def go_on(id, time, under_way = @under_way)
      work(-> { time })
      while (warning = @core.poll_warning)
        Jotgate.warn(warning)
      end
    ensure
      under_way.end(id)
      @events.tell(@core)
    end

    # Reports how a piece ended. Gives what operators should know of it, nil for nothing.
    def report(piece, given, problem, time)
      begin
        return hand_in(piece, given, time) if problem.nil?
      rescue StandardError => e
        problem = e
      end
      @core.report_failed(piece.id, Failures.number(problem), Failures.cause(problem).b, time)
      return "the store of key sets gave nothing" if piece.load?

      "key sets were not saved" if piece.save?
    end

    def hand_in(piece, given, time)
      if piece.fetch?
        status, headers, body = *given
        fields = headers.map do |name, value|
          Array(value).map do |each|
            JotgateNative::Field.new(name: name.to_s, value: each.to_s)
          end
        end
        @core.report_fetched(piece.id, Integer(status), fields.flatten(1), String(body), time)
      elsif piece.load?
        @core.report_loaded(piece.id, given && String(given), time)
      else
        @core.report_saved(piece.id, time)
      end
      nil
    rescue JotgateNative::CallFailure::Snapshot => e
      # The core has taken it as the end of the work.
      "the store of key sets is of no use: #{e.text}"
    end

    # A clock of the application's that raises must not keep work from ending.
    def now_or_system
      now
    rescue StandardError
      (Time.now.to_r * 1000).round
    end
  end
  private_constant :Driver

  class << self
    # Where warnings go: to the standard error stream, unless the application says otherwise.
    attr_writer :logger

    def logger
      @logger ||= Logger.new($stderr, level: Logger::WARN, progname: "jotgate")
    end

    # What operators should know.
    def warn(text, error = nil) # :nodoc:
      logger.warn(error ? "#{text}: #{error.class}: #{error.message}" : text)
    rescue StandardError
      # A logger of the application's own may raise; the work goes on.
      nil
    end
  end
end
