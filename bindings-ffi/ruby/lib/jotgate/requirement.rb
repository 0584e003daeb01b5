# frozen_string_literal: true

module Jotgate
  # What an endpoint asks of a token that the policy has let pass. Make it once, where the endpoint is defined.
  #
  #   WRITING = Jotgate::Requirement.new(scopes: ["orders:write"])
  #   validator.require(token, WRITING)
  #
  # The checks are those of the policy's routes.
  class Requirement
    # `scopes`: all of these. `any_scopes`: one of these. They are looked for where the policy looks for scopes. `claims`: rules
    # about claims, written as in a policy: `{ claim: "tenant", equals: "blue" }`. All must hold. Raises PolicyError for what
    # cannot be asked; its `path` names the argument, as in `scopes[0]`.
    def initialize(scopes: [], any_scopes: [], claims: [])
      listed = { all: Array(scopes), any: Array(any_scopes) }.reject { |_, names| names.empty? }
      document = {}
      document[:scopes] = listed unless listed.empty?
      document[:claims] = claims unless claims.empty?
      begin_with(Options.text(document))
    rescue PolicyError => e
      problems = e.problems.map { |problem| PolicyProblem.new(**problem.to_h, path: argument(problem.path)) }
      raise PolicyError.new(problems:), cause: nil
    end

    # Of what a route of a policy says: a Hash or JSON text with `scopes` (`all`, `any`) and `claims`.
    def self.from_document(document)
      allocate.tap { |requirement| requirement.send(:begin_with, Options.text(document)) }
    end

    # The requirement that is given, or the one that the arguments describe.
    def self.of(requirement, described) # :nodoc:
      raise ArgumentError, "give a Requirement, or scopes, any_scopes and claims" if requirement.nil? == described.empty?

      requirement || new(**described)
    end

    attr_reader :native # :nodoc:

    def inspect = "#<Jotgate::Requirement #{@document}>"

    private

    def begin_with(document)
      @document = document.dup.freeze
      @native = Native.call { JotgateNative::Requirement.new(document) }
    end

    # The name of the argument that a place of the document comes from.
    def argument(path) = path.sub("scopes.all", "scopes").sub("scopes.any", "any_scopes")
  end
end
