# frozen_string_literal: true

# A small service: whoever has a good token of the issuer sees orders, and whoever has the scope may place one.
#
#   ISSUER=https://idp.example.com/ AUDIENCE=orders puma examples/orders.ru

require "jotgate/rack"

validator = Jotgate::Validator.new(issuer: ENV.fetch("ISSUER"), audience: ENV.fetch("AUDIENCE"))

# How the key sets are; no token is asked for here.
map "/health" do
  run ->(_env) { [200, { "content-type" => "application/json" }, [JSON.generate(validator.health)]] }
end

map "/orders" do
  use Jotgate::Middleware, validator

  run lambda { |env|
    token = env["jotgate.token"]
    validator.require(token, scopes: ["orders:write"]) if env["REQUEST_METHOD"] == "POST"
    [200, { "content-type" => "text/plain" }, ["orders of #{token.subject}"]]
  }
end
