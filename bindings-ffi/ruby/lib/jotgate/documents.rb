# frozen_string_literal: true

require_relative "options"

# What can be done with a policy document without a validator. The core does it.
module Jotgate
  # Something that a policy allows and that is seldom meant. `code` and `path` are stable; `message` and `hint` may change.
  PolicyWarning = Struct.new(:code, :severity, :path, :message, :hint, keyword_init: true) do
    def to_s = "#{path}: #{message} [#{code}]"
  end

  # What became of one parameter of another gateway's policy: `kind` is "carried", "changed" or "cannot", `source` the parameter's
  # place there, `target` the place in the document that it went to, or nil.
  ImportNote = Struct.new(:kind, :source, :target, :message, keyword_init: true)

  # A policy document made from another gateway's policy. One that is not `complete` says less, or something else, than its source
  # does: its `policy` is for an operator to finish.
  PolicyImport = Struct.new(:complete, :policy, :notes, keyword_init: true)

  # Documents as texts.
  module Documents # :nodoc:
    FORMATS = {
      "json" => JotgateNative::Format::JSON, "yaml" => JotgateNative::Format::YAML, "toml" => JotgateNative::Format::TOML
    }.freeze
    ENDINGS = { ".json" => "json", ".yaml" => "yaml", ".yml" => "yaml", ".toml" => "toml" }.freeze

    module_function

    # The number of a format.
    def format(name)
      FORMATS.fetch(name.to_s) { raise ArgumentError, "a format is json, yaml or toml, not #{name}" }
    end

    # The text of a policy file and its format, which the name of the file tells.
    def of_file(path)
      ending = File.extname(path)
      format = ENDINGS.fetch(ending.downcase) do
        raise ArgumentError, "the name of a policy file ends in .json, .yaml, .yml or .toml, not #{ending.inspect}"
      end
      [File.binread(path), format]
    end

    # The document, in JSON, with what stands in environment variables and files. Paths start at the folder.
    def filled(document, folder = Dir.pwd)
      wanted = Native.call { JotgateNative.references(document) }
      return document if wanted.empty?

      texts = wanted.map { |reference| read(reference, folder) }
      Native.call { JotgateNative.fill_references(document, texts) }
    end

    # Says in which lines of the text everything stands that is wrong.
    def placed(text, format)
      yield
    rescue PolicyError => e
      raise if e.problems.all?(&:line)

      places = Native.call { JotgateNative.places(text, format(format), e.problems.map(&:path)) }
      problems = e.problems.zip(places).map do |problem, place|
        next problem if problem.line || place.line.zero?

        PolicyProblem.new(**problem.to_h, line: place.line, column: place.column)
      end
      raise PolicyError.new(problems:), cause: nil
    end

    def read(reference, folder)
      return variable(reference.name) if reference.kind == "env"

      bytes = File.open(File.expand_path(reference.name, folder), "rb") { |file| file.read(reference.read_bytes) }
      JotgateNative::Given::READ.new(bytes: bytes || "")
    rescue Errno::ENOENT
      JotgateNative::Given::MISSING.new
    rescue SystemCallError, IOError, ArgumentError
      JotgateNative::Given::UNREADABLE.new
    end
    private_class_method :read

    def variable(name)
      value = ENV.fetch(name, nil)
      value ? JotgateNative::Given::READ.new(bytes: value) : JotgateNative::Given::MISSING.new
    end
    private_class_method :variable
  end
  private_constant :Documents

  class << self
    # The names of the gateways whose policies `import_policy` reads, such as "mulesoft" and "wso2".
    def products = JotgateNative.products

    # Reads another gateway's policy into ours: of "mulesoft" a Flex `PolicyBinding` in YAML or JSON of the API Manager, of "wso2"
    # the `deployment.toml`. `files` are further files that the text names, such as a trust store, by name. Raises PolicyError for
    # a text that no policy can be read from, and for an unknown product.
    def import_policy(product, text, files: {})
      named = files.map { |name, content| JotgateNative::NamedText.new(name: name.to_s, content:) }
      members = JSON.parse(Native.call { JotgateNative.import_policy(product.to_s, text, named) }.json)
      notes = members["notes"].map { |note| ImportNote.new(**note.transform_keys(&:to_sym)) }
      PolicyImport.new(complete: members["complete"], policy: members["policy"], notes:)
    end

    # The text of a policy document in JSON, from JSON, YAML or TOML. What the fields mean is not looked at.
    def policy_json(text, format = :json)
      Native.call { JotgateNative.policy_json(text, Documents.format(format)) }
    end

    # What a policy document, a Hash or JSON text, allows and its author may not have meant, the worst first.
    def lint(policy)
      document = Documents.filled(Options.text(policy))
      JSON.parse(Native.call { JotgateNative.lint(document) }).map do |warning|
        PolicyWarning.new(**warning.transform_keys(&:to_sym))
      end
    end

    # The JSON Schema (2020-12) of the policy document.
    def schema = JSON.parse(JotgateNative.schema)
  end
end
