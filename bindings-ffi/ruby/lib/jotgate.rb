# frozen_string_literal: true

# Your API gateway's JWT policy, inside your process, with the same verdict in every language.
#
#   validator = Jotgate::Validator.new(issuer: "https://idp.example.com/", audience: "https://api.example.com")
#   token = validator.validate(text)
#   token["sub"]
module Jotgate
end

require_relative "jotgate/version"
require_relative "jotgate/native"
require_relative "jotgate/errors"
require_relative "jotgate/documents"
require_relative "jotgate/requirement"
require_relative "jotgate/validator"
