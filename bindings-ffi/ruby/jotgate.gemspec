# frozen_string_literal: true

require_relative "lib/jotgate/version"

Gem::Specification.new do |spec|
  spec.name = "jotgate"
  spec.version = Jotgate::VERSION
  spec.authors = ["The jotgate authors"]
  spec.summary = "Your API gateway's JWT policy, inside your process, with the same verdict in every language"
  spec.homepage = "https://github.com/jotgate/jotgate"
  spec.licenses = ["Apache-2.0", "MIT"]
  spec.required_ruby_version = ">= 3.1"
  # It holds the library of one platform, which build-native.sh has put there.
  spec.platform = Gem::Platform.local
  spec.files = Dir["lib/**/*.{rb,so,dylib}", "LICENSE-*", "README.md", "THIRD-PARTY-LICENSES"]
  spec.add_dependency "ffi", "~> 1.15"
  spec.metadata["changelog_uri"] = "#{spec.homepage}/blob/main/CHANGELOG.md"
  spec.metadata["rubygems_mfa_required"] = "true"
  spec.metadata["source_code_uri"] = spec.homepage
end
