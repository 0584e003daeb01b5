# frozen_string_literal: true

require_relative "../jotgate"

module Jotgate
  # Rack middleware: lets requests pass that the policy lets pass, and sends the core's answer to all others.
  #
  #   use Jotgate::Middleware, issuer: "https://idp.example.com/", audience: "https://api.example.com"
  #
  # Takes a Validator, or the options of one. Behind it `env["jotgate.token"]` is the Verified, or nil where the policy's routes
  # let the request pass without one, and `env["jotgate.validator"]` the validator. An InvalidToken or KeysUnavailable that the
  # application raises, such as that of `require`, is answered, too.
  class Middleware
    TOKEN = "jotgate.token"
    VALIDATOR = "jotgate.validator"
    # Fields whose variables have no prefix.
    BARE = %w[CONTENT_TYPE CONTENT_LENGTH].freeze
    private_constant :BARE

    def initialize(app, validator = nil, **options)
      raise ArgumentError, "give a Validator or the options of one, not both" if validator && !options.empty?

      @app = app
      @validator = validator || Validator.new(**options)
    end

    def call(env)
      request = request(env)
      begin
        verified = @validator.validate_request(*request)
        env = @validator.forwards? ? forwarded(env, @validator.forward(verified, *request)) : env
      rescue Error => e
        return answer(e, env)
      end
      passed(env, verified)
    end

    private

    def passed(env, verified)
      env[TOKEN] = verified
      env[VALIDATOR] = @validator
      @app.call(env)
    rescue InvalidToken, KeysUnavailable => e
      answer(e, env)
    end

    # The router behind goes by the same path. All fields are handed over: which of them are read, the policy says that judges.
    def request(env)
      path = "#{env['SCRIPT_NAME']}#{env['PATH_INFO']}"
      [env["REQUEST_METHOD"], utf8(path), utf8(env["QUERY_STRING"].to_s), fields(env)]
    end

    # Octets that are no UTF-8 in the one other way to write them: the core has a verdict on these.
    def utf8(text)
      octets = text.b
      return text if octets.force_encoding(Encoding::UTF_8).valid_encoding?

      octets.b.gsub(/[^\x00-\x7f]/n) { |octet| format("%%%02X", octet.ord) }
    end

    def fields(env)
      env.filter_map do |name, value|
        if name.start_with?("HTTP_")
          [name.delete_prefix("HTTP_").tr("_", "-"), value]
        elsif BARE.include?(name) && !value.to_s.empty?
          [name.tr("_", "-"), value]
        end
      end
    end

    # The request as it goes on.
    def forwarded(env, forward)
      env = env.dup
      forward.remove.each { |name| env.delete(variable(name)) }
      forward.set.each { |name, value| env[variable(name)] = value }
      return env if forward.query.nil?

      env["QUERY_STRING"] = forward.query
      # Not every server has it, and frameworks log it.
      if env["REQUEST_URI"]
        path = env["REQUEST_URI"].partition("?").first
        env["REQUEST_URI"] = forward.query.empty? ? path : "#{path}?#{forward.query}"
      end
      env
    end

    def variable(name)
      variable = name.upcase.tr("-", "_")
      BARE.include?(variable) ? variable : "HTTP_#{variable}"
    end

    def answer(error, env)
      answer = @validator.answer(error)
      headers = answer.headers.to_h.transform_keys(&:downcase)
      headers["content-length"] = answer.body.bytesize.to_s
      [answer.status, headers, env["REQUEST_METHOD"] == "HEAD" ? [] : [answer.body]]
    end
  end

  # Rack middleware for what some endpoints ask for beside the policy, behind Middleware: takes a Requirement, or what one is made
  # of.
  #
  #   map "/orders" do
  #     use Jotgate::RequireMiddleware, scopes: ["orders:write"]
  #     run orders
  #   end
  class RequireMiddleware
    def initialize(app, requirement = nil, **described)
      @app = app
      @requirement = Requirement.of(requirement, described)
    end

    # What is raised here, Middleware answers.
    def call(env)
      env.fetch(Middleware::VALIDATOR).require(env.fetch(Middleware::TOKEN), @requirement)
      @app.call(env)
    end
  end
end
