# frozen_string_literal: true

require "erb"
require "json"
require "socket"
$LOAD_PATH.unshift(File.expand_path("../lib", __dir__))
require "jotgate"

module Conformance
  # What cases, scenarios and exchanges have in common.
  module Support
    module_function

    # The validator of a case or an exchange, whose issuer answers as it says.
    def validator(one)
      host = one.fetch("host", {})
      Jotgate::Validator.from_policy(
        one["policy"],
        fetch: ->(request) { answered(one.fetch("responses", {})[request.url]) },
        clock: -> { one["now"] },
        client_lookup: saying(host["client"]),
        is_revoked: saying(host["revoked"])
      )
    end

    # What comes of a request to an issuer that has this answer.
    def answered(answer)
      raise Errno::ECONNREFUSED, "there is no answer for this URL" if answer.nil?

      Jotgate::FetchResponse.new(answer["status"], pairs(answer["headers"]), answer["body"])
    end

    # A hook that says what the host of the case says.
    def saying(answer)
      return nil if answer.nil?

      lambda do |*|
        raise "the host's function fails" if answer == "fail"

        answer == "yes"
      end
    end

    # The arguments of `validate_request`.
    def request(request)
      headers = pairs(request["headers"])
      cookies = pairs(request.fetch("cookies", {})).map { |name, value| "#{name}=#{value}" }
      headers << ["Cookie", cookies.join("; ")] unless cookies.empty?
      query = pairs(request.fetch("query", {})).map { |pair| pair.map { |text| ERB::Util.url_encode(text) }.join("=") }.join("&")
      [request["method"], request["path"], query, headers]
    end

    def pairs(fields)
      fields.flat_map { |name, values| Array(values).map { |value| [name, value] } }
    end
  end
end
