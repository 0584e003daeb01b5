# frozen_string_literal: true

# Serves the exchanges through a middleware: `serve.rb MIDDLEWARE FILE`, see tests/conformance/exchanges.py; or an application
# with routes behind it: `serve.rb routes FILE`, see tests/conformance/targets.py. The server is Puma.

# As it runs in production: Sinatra has other pages for developers.
ENV["APP_ENV"] = "production"

require "puma"
require "puma/configuration"
require "puma/server"
require "rack"
require "sinatra/base"
require_relative "support"
require "jotgate/rack"

module Conformance
  # The applications, and the server in front of them.
  module Serve
    module_function

    def main(kind, file)
      # Issuers that are down are what many exchanges are about.
      Jotgate.logger = Logger.new(IO::NULL)
      exchanges = JSON.parse(File.read(file))["exchanges"]
      apps = exchanges.to_h do |exchange|
        [exchange["id"], APPS.fetch(kind).call(Support.validator(exchange), exchange["mount"].to_s)]
      end
      serve(->(env) { apps.fetch(env["HTTP_X_EXCHANGE"]).call(env) })
    end

    def serve(app)
      server = Puma::Server.new(app, Puma::Events.null, min_threads: 4, max_threads: 8)
      port = server.add_tcp_listener("127.0.0.1", 0).addr[1]
      running = server.run
      $stdout.puts(JSON.generate(port:))
      $stdout.flush
      $stdin.read
      server.stop
      running.join
    end

    # Tells what it sees of a request.
    def told(env)
      fields = env.select { |name, _| name.start_with?("HTTP_") }.transform_keys { |name| name.delete_prefix("HTTP_") }
      body = JSON.generate(claims: env["jotgate.token"]&.claims, fields:, query: env["QUERY_STRING"])
      [200, { "content-type" => "application/json" }, [body]]
    end

    # An application as users write it, with the router of Sinatra.
    class Orders < Sinatra::Base
      set :logging, false
      disable :static, :sessions, :protection, :show_exceptions

      # Which handler ran, and for whom.
      def ran(name)
        token = env["jotgate.token"]
        headers "X-Handler" => name, "X-Subject" => token ? token.subject : "none"
        name
      end

      { "orders.list" => "/orders", "orders.one" => "/orders/:id", "health" => "/health", "catalog" => "/catalog",
        "open" => "/open" }.each { |name, path| get(path) { ran(name) } }
      post("/orders") { ran("orders.create") }
      %w[GET HEAD POST PUT PATCH DELETE OPTIONS TRACE CONNECT QUERY FOO LINK UNLINK].each do |verb|
        route(verb, "/admin/*") { ran("admin") }
      end
    end

    def routed(validator, mount)
      protected = Jotgate::Middleware.new(Orders.new, validator)
      mount.empty? ? protected : Rack::URLMap.new(mount => protected)
    end

    APPS = {
      "rack" => ->(validator, _mount) { Jotgate::Middleware.new(method(:told), validator) },
      "routes" => method(:routed)
    }.freeze
  end
end

Conformance::Serve.main(*ARGV)
