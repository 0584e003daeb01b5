# frozen_string_literal: true

require "logger"
require "securerandom"
require_relative "driver"
require_relative "events"
require_relative "hooks"
require_relative "inspection"
require_relative "question"
require_relative "verified"

module Jotgate
  # Validates JWTs by one policy: share one instance between all threads and requests of a process. It may be made before a fork.
  #
  # The options describe one issuer; Validator.from_policy takes a whole policy document. Options that are not given are left to
  # the core's defaults. Durations are seconds, or text such as "5m".
  #
  # - `issuer`: the `iss` to accept, exactly; or several that share everything below.
  # - `audience`: the audiences that this service answers to; a token must name one of them. "any" waives the check.
  # - `discovery`: true has the issuer's metadata say where its keys are, and a URL says where that metadata is. Default: true
  #   where no keys are given and the one issuer is an https URL.
  # - `jwks_uri`: where the issuer publishes its keys, or several such places. Fetched when the first token needs it.
  # - `jwks`, `pem`, `secret`: a key set, one public key, or an HMAC secret of at least 32 bytes, instead. A secret in binary
  #   encoding is bytes.
  # - `algorithms`: the `alg` values to accept. Default: every asymmetric algorithm that fits the keys; with a secret, every HS
  #   algorithm that fits its length.
  # - `typ`: accepted header `typ` values. Default: any but those of other things than access tokens.
  # - `profile`: "rfc9068" where the issuer follows it. Default: none.
  # - `required_claims`: claims that must be there. Default: `["exp"]`.
  # - `leeway`: tolerated clock difference, 0 to 300 s. Default: 5 s.
  # - `max_age`, `max_lifetime`: longest time since `iat`, and between `iat` and `exp`. Default: no bound.
  # - `reject_future_iat`: whether a token from the future is refused even without `max_age`. Default: no.
  # - `confirmation`: "ignore" takes tokens that are bound to a key (`cnf`) as bearer tokens. Default: they are refused.
  # - `client_id`: `{ allowed: [...] }`, or `{ allowed: "host" }` to ask `client_lookup`.
  # - `scopes`: `{ all: [...], any: [...] }`, and `claims` where the scopes stand elsewhere.
  # - `try_all_keys`: whether a token without `kid` may be tried against up to four keys. Default: no.
  # - `jwks_options`: how key sets are kept: `ttl`, `max_stale`, `timeout`, `cooldown`, `max_body`, `max_keys`, `allow_http`.
  # - `responses`: whose manner of answering `answer` follows: "rfc6750" (default), "mulesoft", "mulesoft-2020", "wso2".
  # - `limits`: `{ token_bytes: 16384, json_depth: 32 }`.
  #
  # And what the application itself says and does, which Validator.from_policy and Validator.from_file take, too:
  #
  # - `fetch`: answers to `call` with a FetchRequest and gives a FetchResponse. Default: `NetHttpFetcher.new`.
  # - `store`: where key sets are left for other processes and found in place of fetches: `load` gives the text that was saved
  #   last, or nil, `save(text)` keeps one. Whoever can write it can make tokens pass. Default: none.
  # - `clock`: gives the time in seconds since the Unix epoch, or a Time. Default: that of the system.
  # - `client_lookup`: called with the client id and the UndecidedToken; all but true refuses the token with ClientNotAllowed.
  # - `is_revoked`: called with every UndecidedToken that passed all else; true refuses it with RevokedToken.
  # - `transform`: called with a copy of the claims; the Hash that it gives is what the Verified shows in their place.
  # - `on_event`: called with a Hash for everything that happens to the key sets, and for every token that is refused.
  #
  # One that raises, or gives anything else than it should, refuses the token with InternalError. Raises PolicyError for a policy
  # that is wrong or contradicts itself; its `path` names the option.
  class Validator
    include Inspection

    def initialize(**options)
      host = options.slice(*Options::HOST)
      policy = options.except(*Options::HOST)
      Options.named(policy) { build(Options.text(Options.document(policy)), host) }
    end

    class << self
      # Of a whole policy document: a Hash, or text in the `format` (:json, :yaml or :toml). A path of `{"file": ...}` in it
      # starts at the working directory.
      def from_policy(policy, format: :json, **host)
        built(host) { |validator| validator.send(:read, policy, format) }
      end

      # Of a policy file, whose name ends in .json, .yaml, .yml or .toml. A path of `{"file": ...}` in it starts at its folder.
      # Raises PolicyError, SystemCallError for a file that cannot be read, and ArgumentError for another ending.
      def from_file(path, **host)
        text, format = Documents.of_file(path.to_s)
        built(host) { |validator| validator.send(:read, text, format, File.dirname(File.expand_path(path.to_s))) }
      end

      private

      def built(host)
        unknown = host.keys - Options::HOST
        raise ArgumentError, "unknown options: #{unknown.join(', ')}" unless unknown.empty?

        validator = allocate
        validator.instance_variable_set(:@host, host)
        yield validator
        validator
      end
    end

    # The Verified of a token that may pass. Raises InvalidToken for one that must not, and KeysUnavailable where nobody can say.
    # Blocks while keys are fetched, where it needs them. `as_of` is another time to judge it for than now.
    def validate(token, as_of: nil)
      ruling = @ruling
      concluded(@driver.verdict(ruling.core, TokenQuestion.new(token, as_of)))
    end

    # Like `validate`, but never waits: raises KeysUnavailable when keys would have to be fetched first. The fetch is started.
    def validate_nowait(token, as_of: nil)
      concluded(@driver.verdict_nowait(@ruling.core, TokenQuestion.new(token, as_of)))
    end

    # What `validate` gives or raises for each of many tokens, in their order. Key sets are fetched once for all. `threads` is the
    # most processors to use, all by default; other threads of Ruby go on meanwhile.
    def validate_many(tokens, as_of: nil, threads: 0)
      tokens = tokens.to_a
      tokens.each { |token| raise TypeError, "a token is a String, not #{token.class}" unless token.is_a?(String) }
      verdicts = @driver.verdicts(@ruling.core, tokens, as_of && Native.millis(as_of), threads)
      verdicts.map do |verdict|
        concluded(verdict)
      rescue Error => e
        e
      end
    end

    # The Verified of a request: it takes the request's route and finds the token in it. nil where the policy's routes let it pass
    # without one. `path` is as the client has sent it, `headers` a Hash or pairs of names and values. Raises what `validate`
    # raises.
    def validate_request(method, path, query = "", headers = {}, as_of: nil)
      ruling = @ruling
      question = RequestQuestion.new(ruling, method, path, query, headers, as_of)
      concluded(@driver.verdict(ruling.core, question), skippable: true)
    end

    # Asks for more of a token that this validator has let pass, and gives it back. Takes a Requirement, or what one is made of:
    # all of `scopes`, one of `any_scopes`, rules about `claims`. Raises what a route of the policy raises, MissingToken for nil,
    # and PolicyError for what cannot be asked.
    def require(verified, requirement = nil, **described)
      requirement = Requirement.of(requirement, described)
      raise TypeError, "a Verified is asked, not #{verified.class}" unless verified.nil? || verified.is_a?(Verified)

      refused = Native.call { @ruling.core.require(verified&.held, requirement.native) }
      return verified if refused.nil?

      error = refusal(refused)
      error.requirement = requirement if error.is_a?(InvalidToken)
      refuse(error)
    end

    # Judges by another policy from now on, a Hash or text in the `format`. Key sets of sources that stay the same stay. Raises
    # PolicyError for one that is wrong; then nothing has changed.
    def replace(policy, format: :json)
      read(policy, format) { |text| follow(text) }
    end

    # The same with a policy file.
    def replace_from_file(path)
      text, format = Documents.of_file(path.to_s)
      read(text, format, File.dirname(File.expand_path(path.to_s))) { |filled| follow(filled) }
    end

    private

    def read(policy, format, folder = Dir.pwd, &use)
      use ||= ->(text) { build(text, @host, folder) }
      return use.call(Documents.filled(Options.text(policy), folder)) unless policy.is_a?(String)

      Documents.placed(policy, format) { use.call(Documents.filled(Jotgate.policy_json(policy, format), folder)) }
    end

    def build(policy, host, folder = Dir.pwd)
      lookup, is_revoked, store = host.values_at(:client_lookup, :is_revoked, :store)
      seed = SecureRandom.random_number(1 << 64)
      document = Documents.filled(policy, folder)
      core = Native.call { JotgateNative::Core.new(document, seed, !lookup.nil?, !is_revoked.nil?, !store.nil?) }
      @clock = clock(host[:clock])
      @hooks = Hooks.new(lookup, is_revoked, host[:transform])
      @events = Events.new(@clock)
      @ruling = Ruling.new(core)
      @driver = Driver.new(core, clock: @clock, fetch: host[:fetch] || NetHttpFetcher.new, store:, events: @events)
      subscribe(host[:on_event]) if host[:on_event]
    end

    def follow(text)
      @driver.replace do |core|
        following = Native.call { core.replaced(text, @clock.call) }
        @ruling = Ruling.new(following)
        following
      end
      nil
    end

    # The time in milliseconds.
    def clock(clock)
      return -> { Process.clock_gettime(Process::CLOCK_REALTIME, :millisecond) } if clock.nil?

      -> { Native.millis(clock.call) }
    end

    # What a verdict means for who has asked.
    def concluded(verdict, skippable: false)
      verdict, error = @hooks.decided(verdict) if verdict.undecided?
      if verdict.accepted?
        @hooks.shown(Verified.of(verdict.token))
      elsif verdict.skipped? && skippable
        nil
      else
        raise failure(verdict), cause: error
      end
    rescue Error => e
      refuse(e)
    end

    def refuse(error)
      @events.refused(@driver.core, error)
      raise error
    end

    def failure(verdict)
      if verdict.rejected?
        refusal(verdict.rejection)
      elsif verdict.unavailable?
        KeysUnavailable.new(verdict.reason, retry_at: Time.at(0, verdict.retry_at_ms, :millisecond), issuer_index: verdict.issuer)
      elsif verdict.keys_needed?
        KeysUnavailable.new("the keys are being fetched", retry_at: Time.at(0, @clock.call, :millisecond))
      else
        InternalError.new("the core gave no verdict on a token")
      end
    end

    def refusal(rejection)
      kind = CLASS_OF_CODE.fetch(Native::CODES[rejection.code], InternalError)
      return kind.new(rejection.detail) unless kind < InvalidToken

      kind.new(rejection.detail, claim: rejection.claim, issuer_index: rejection.issuer, route_index: rejection.route)
    end
  end
end
