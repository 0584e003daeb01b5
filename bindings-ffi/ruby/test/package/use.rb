# frozen_string_literal: true

# Starts the example on Puma, with the keys of a test issuer, and sends it three requests.

require "jotgate/testing"
require "net/http"
require "puma"
require "puma/server"
require "rack"

issuer = Jotgate::Testing::Issuer.new(issuer: "https://idp.example.com/", audience: "orders")
ENV.update("ISSUER" => issuer.name, "AUDIENCE" => "orders")
# The issuer of the test needs no network.
Jotgate::NetHttpFetcher.prepend(Module.new { define_method(:call) { |request| issuer.fetch(request) } })
app, = Rack::Builder.parse_file("orders.ru")
server = Puma::Server.new(app, Puma::Events.null)
port = server.add_tcp_listener("127.0.0.1", 0).addr[1]
server.run
Net::HTTP.start("127.0.0.1", port, nil) do |http|
  good = JSON.parse(http.get("/orders", issuer.headers("alice")).body)["sub"]
  missing = http.get("/orders").code
  lacking = http.post("/orders", "", issuer.headers("alice")).code
  puts [good, missing, lacking].join(", ")
end
server.stop(true)
