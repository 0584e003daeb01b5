# frozen_string_literal: true

# A small service: whoever has a good token of the issuer sees orders, and whoever has the scope may place one.
#
#   ISSUER=https://idp.example.com/ AUDIENCE=orders puma --bind tcp://127.0.0.1:8080 orders.ru
#
# JWKS_URI says where the issuer's keys are; by default the issuer's metadata says it.

require "jotgate/rack"

validator = Jotgate::Validator.new(
  issuer: ENV.fetch("ISSUER"), audience: ENV.fetch("AUDIENCE"), jwks_uri: ENV.fetch("JWKS_URI", nil)
)
json = ->(body) { [200, { "content-type" => "application/json" }, [JSON.generate(body)]] }

# How the key sets are; no token is asked for here.
map "/health" do
  run ->(_env) { json.call(validator.health) }
end

map "/orders" do
  use Jotgate::Middleware, validator

  run lambda { |env|
    token = env["jotgate.token"]
    validator.require(token, scopes: ["orders:write"]) if env["REQUEST_METHOD"] == "POST"
    json.call({ sub: token.subject, language: "ruby" })
  }
end
