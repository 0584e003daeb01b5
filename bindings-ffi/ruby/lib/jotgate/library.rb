# frozen_string_literal: true

require "ffi"
require "rbconfig"

module Jotgate
  # The native library of this gem, which lies beside this file; each gem has that of one platform.
  module Library
    # The platforms that have a gem: the rows of platforms.json.
    PLATFORMS = %w[
      x86_64-linux-gnu aarch64-linux-gnu x86_64-linux-musl aarch64-linux-musl arm64-darwin x86_64-darwin x64-mingw-ucrt
    ].freeze

    module_function

    # Runs the block, which loads the library, and raises a LoadError that says what is wrong with it and what to do.
    def load(file = File.join(__dir__, FFI.map_library_name("jotgate_uniffi")), platform = this_platform)
      raise LoadError, missing(file, platform) unless File.exist?(file)

      must_be_whole(file, platform)
      yield
    rescue FFI::NotFoundError => e
      raise LoadError, "two versions of jotgate lie side by side: the library for #{platform} (#{file}) is not of the version " \
                       "of the gem's Ruby files, which is #{VERSION}. #{again(platform)} (#{e.message})"
    rescue LoadError => e
      raise if e.message.include?("jotgate for #{platform}")

      raise LoadError, "the library of jotgate for #{platform} cannot be loaded: #{e.message.strip}. It is damaged, or of a " \
                       "gem for another platform. #{again(platform)}"
    end

    # The name of the gem's platform that this Ruby needs.
    def this_platform(cpu = RbConfig::CONFIG["host_cpu"], system = RbConfig::CONFIG["host_os"])
      case system
      when /linux-musl/ then "#{cpu}-linux-musl"
      when /linux/ then "#{cpu}-linux-gnu"
      when /darwin/ then "#{cpu.sub('aarch64', 'arm64')}-darwin"
      when /mingw/ then "#{cpu.sub('x86_64', 'x64')}-mingw-ucrt"
      else "#{cpu}-#{system}"
      end
    end

    def missing(file, platform)
      why = if PLATFORMS.include?(platform)
              "#{file} is not there. #{again(platform)} In the source tree `make build-ruby` makes it."
            else
              "there are gems for #{PLATFORMS.join(', ')}. Elsewhere the source tree has to be built."
            end
      "there is no library of jotgate for #{platform} here: #{why}"
    end

    def again(platform)
      "Uninstall the gem and install it on this machine; with Bundler, `bundle lock --add-platform #{platform}` first."
    end

    # The rule and its reason: ARCHITECTURE.md, "Before a native library is loaded".
    def must_be_whole(file, platform)
      header = File.binread(file, 64).to_s
      whole = header.bytesize < 64 ? 64 : header.unpack1("@40Q<") + (header.unpack1("@58S<") * header.unpack1("@60S<"))
      return if (header.bytesize == 64 && !header.start_with?("\x7FELF".b)) || File.size(file) >= whole

      raise LoadError, "the library of jotgate for #{platform} (#{file}) is cut off after #{File.size(file)} of #{whole} " \
                       "bytes. #{again(platform)}"
    end
  end
  private_constant :Library
end
