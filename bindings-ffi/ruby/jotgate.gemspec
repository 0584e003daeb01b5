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
  # It holds the library of one platform, which tests/release/gems.py puts there. In parts, because a RubyGems that does not tell
  # one C library from another would forget its name.
  platform = ENV.fetch("JOTGATE_GEM_PLATFORM", Gem::Platform.local.to_s).split("-")
  spec.platform = Gem::Platform.new(platform)
  # An older one would take it for a gem of every Linux.
  spec.required_rubygems_version = ">= 3.3.22" if platform.last == "musl"
  spec.files = Dir["lib/**/*.{rb,so,dylib,dll}", "LICENSE-*", "README.md", "THIRD-PARTY-LICENSES"]
  spec.files += ENV.fetch("JOTGATE_GEM_EXTRA", "").split(",")
  spec.add_dependency "ffi", "~> 1.15"
  spec.metadata["changelog_uri"] = "#{spec.homepage}/blob/main/CHANGELOG.md"
  spec.metadata["rubygems_mfa_required"] = "true"
  spec.metadata["source_code_uri"] = spec.homepage
end
