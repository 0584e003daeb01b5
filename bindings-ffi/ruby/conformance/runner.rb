# frozen_string_literal: true

# Runs the vectors through the public API: `runner.rb VECTORS RAW_REPORT START_INDEX`.
#
# They are token cases, explanations, imports, documents or scenarios. Appends one JSON line for each to the report and flushes
# it, so that whoever started this knows which case ended the process, if one does.

require "fileutils"
require "tmpdir"
require_relative "support"
require_relative "stage"

module Conformance
  # Runs cases of every kind but scenarios.
  module Runner
    module_function

    def main(vectors, report, start)
      # Issuers that are down are what many cases are about; the scenarios listen to what is said of them.
      Jotgate.logger = Logger.new(IO::NULL)
      file = JSON.parse(File.read(vectors))
      File.open(report, "a") do |lines|
        lines.sync = true
        file.each_value { |cases| cases.drop(Integer(start)).each { |one| lines.write("#{JSON.generate(outcome(one))}\n") } }
      end
    end

    def outcome(one)
      found =
        if one.key?("steps") then { steps: Stage.play(one) }
        elsif one.key?("kind") then imported(one)
        elsif one.key?("format") then loaded(one)
        elsif one["expect"].key?("checks") then explained(one)
        else
          { code: nil, claim: nil, path: nil }.merge(verdict(one))
        end
      { id: one["id"] }.merge(found)
    end

    def verdict(one)
      alone = shown { ask(Support.validator(one), one) }
      alone = in_batch(one, alone) if one.key?("token") && alone[:verdict] != "policy_error"
      one.key?("require") ? asked(one) : alone
    end

    # The verdict, if each of a batch is the same.
    def in_batch(one, alone)
      together = Support.validator(one).validate_many([one["token"]] * 2).map do |found|
        shown { found.is_a?(Jotgate::Error) ? raise(found) : found }
      end
      other = together.find { |found| found != alone }
      other ? other.merge(verdict: "#{other[:verdict]} in a batch") : alone
    end

    # What comes of what an endpoint asks for, in code.
    def asked(one)
      validator = Support.validator(one)
      requirement = Jotgate::Requirement.from_document(one["require"])
      verified = validator.require(ask(validator, one), requirement)
      shown { verified }.merge(scopes: verified.scopes.select { |scope| verified.scope?(scope) })
    rescue Jotgate::InvalidToken => e
      challenge = validator.answer(e, requirement).headers.to_h["WWW-Authenticate"]
      shown { raise e }.merge(challenge:)
    rescue Jotgate::Error => e
      shown { raise e }
    end

    # What an answer is in the report.
    def shown
      verified = yield
      verified ? { verdict: "accepted", claims: verified.claims } : { verdict: "skipped" }
    rescue Jotgate::PolicyError => e
      { verdict: "policy_error", code: e.code, path: e.path, paths: e.problems.map(&:path) }
    rescue Jotgate::KeysUnavailable => e
      { verdict: "unavailable", code: e.code }
    rescue Jotgate::InvalidToken => e
      { verdict: "rejected", code: e.code, claim: e.claim }
    rescue Jotgate::InternalError => e
      { verdict: "rejected", code: e.code }
    end

    def ask(validator, one)
      one.key?("token") ? validator.validate(one["token"]) : validator.validate_request(*Support.request(one["request"]))
    end

    def explained(one)
      validator = Support.validator(one)
      is_token = one.key?("token")
      explanation = is_token ? validator.explain(one["token"]) : validator.explain_request(*Support.request(one["request"]))
      { explanation: explanation.to_h, text: explanation.to_text }
    end

    def imported(one)
      import = Jotgate.import_policy(one["kind"], one["text"])
      { import: import.to_h.merge(notes: import.notes.map(&:to_h)) }
    rescue Jotgate::PolicyError => e
      { error: { path: e.path } }
    end

    # What comes of a policy file beside these files; its variables are set by whoever started this.
    def loaded(one)
      Dir.mktmpdir do |folder|
        one.fetch("files", {}).merge("policy.#{one['format']}" => one["text"]).each do |name, text|
          path = File.join(folder, name)
          FileUtils.mkdir_p(File.dirname(path))
          File.binwrite(path, text)
        end
        validator = Jotgate::Validator.from_file(File.join(folder, "policy.#{one['format']}"), clock: -> { one["now"] })
        return { verdict: shown { validator.validate(one["token"]) }[:verdict] }
      rescue Jotgate::PolicyError => e
        return { problems: e.problems.map { |told| { path: told.path, line: told.line, column: told.column } } }
      end
    end
  end
end

Conformance::Runner.main(*ARGV)
