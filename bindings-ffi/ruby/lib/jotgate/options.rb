# frozen_string_literal: true

module Jotgate
  # The policy document of the options of one issuer. It only writes the document: the core owns every default.
  module Options # :nodoc:
    POLICY = %i[
      issuer audience discovery jwks_uri jwks pem secret algorithms typ profile required_claims leeway max_age max_lifetime
      reject_future_iat confirmation client_id scopes try_all_keys jwks_options responses limits
    ].freeze
    HOST = %i[fetch store clock client_lookup is_revoked transform on_event].freeze
    KEY_SOURCES = %i[discovery jwks_uri jwks pem secret].freeze
    # The number of the core's names for these options.
    NAMES = 6
    NoText = Object.new
    def NoText.to_json(*) = '"\udfff"'
    private_constant :KEY_SOURCES, :NAMES, :NoText

    module_function

    # The document of the options that are given; nil means not given.
    def document(options)
      given = options.compact
      document = { version: 1 }
      %i[limits responses].each { |name| document[name] = given.delete(name) if given.key?(name) }
      keys = KEY_SOURCES.filter_map { |name| [name, given.delete(name)] if given.key?(name) }.to_h
      keys[:secret] = secret(keys[:secret]) if keys[:secret].is_a?(String)
      entry = { keys: }
      entry[:jwks] = given.delete(:jwks_options) if given.key?(:jwks_options)
      document.merge(issuers: [entry.merge(given)])
    end

    # Says in the names of the options what is wrong: the core knows what they are called.
    def named(options)
      yield
    rescue PolicyError => e
      given = options.compact.keys.map(&:to_s)
      problems = e.problems.map do |problem|
        JotgateNative::Told.new(path: problem.path, text: problem.message, hint: problem.hint)
      end
      told = Native.call { JotgateNative.told(NAMES, given, (POLICY + HOST).map(&:to_s), problems) }
      raise PolicyError.new(problems: told.map do |problem|
        PolicyProblem.new(path: problem.path, message: problem.text, hint: problem.hint)
      end), cause: nil
    end

    # The document as JSON text.
    def text(document)
      return document if document.is_a?(String)

      raise TypeError, "the policy must be a Hash or JSON text, not #{document.class}" unless document.respond_to?(:to_hash)

      JSON.generate(plain(document.to_hash))
    end

    # What JSON has a form for.
    def plain(value)
      case value
      when Hash then value.to_h { |name, inner| [name.to_s, plain(inner)] }
      when Symbol then value.to_s
      when String then unicode(value)
      when Numeric, true, false, nil then value
      when Enumerable then value.map { |inner| plain(inner) }
      else raise TypeError, "a policy cannot hold a #{value.class}"
      end
    end

    # The text. For what is not UTF-8 there is no JSON, and the core is told of an escape that is no character, which it refuses.
    def unicode(text)
      text = text.encoding == Encoding::BINARY ? text.dup.force_encoding(Encoding::UTF_8) : text.encode(Encoding::UTF_8)
      text.valid_encoding? ? text : NoText
    rescue EncodingError
      NoText
    end

    # Text as it is, bytes as what they are.
    def secret(secret)
      secret.encoding == Encoding::BINARY ? { base64url: [secret].pack("m0").tr("+/", "-_").delete("=") } : { text: secret }
    end
    private_class_method :unicode, :secret
  end
  private_constant :Options
end
