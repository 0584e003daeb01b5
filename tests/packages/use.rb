# frozen_string_literal: true

# Uses the installed gem, with nothing of the source tree in reach.

require "jotgate"

validator = Jotgate::Validator.new(
  issuer: "https://idp.example.com/",
  audience: "orders",
  secret: "a secret of at least 32 bytes, which nobody knows"
)
begin
  validator.validate("eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlLmNvbS8ifQ.")
rescue Jotgate::InvalidToken => e
  puts "refused: #{e.code}"
end
