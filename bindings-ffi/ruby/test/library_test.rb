# frozen_string_literal: true

require_relative "support"
require "fileutils"
require "json"
require "open3"

# The loader of the native library, where there is something wrong with it: each in a Ruby of its own, on a copy of the gem.
class LibraryTest < Minitest::Test
  include Support

  ROWS = JSON.parse(File.read(File.expand_path("../../../platforms.json", __dir__)))["platforms"]
  LIBRARY = FFI.map_library_name("jotgate_uniffi")

  def test_every_row_of_platforms_json_is_found_by_its_name
    library = Jotgate.const_get(:Library)
    assert_equal ROWS.map { |row| row["ruby"] }, library::PLATFORMS
    ROWS.each do |row|
      cpu = { "amd64" => "x86_64", "arm64" => "aarch64" }.fetch(row["go"]["arch"])
      systems = case row["go"]["os"]
                when "darwin" then ["darwin22.4.0"]
                when "windows" then %w[mingw-ucrt mingw32]
                else row["node"]["libc"] == "musl" ? ["linux-musl"] : %w[linux-gnu linux]
                end
      systems.each { |system| assert_equal row["ruby"], library.this_platform(cpu, system) }
    end
    assert_equal "riscv64-linux-gnu", library.this_platform("riscv64", "linux-gnu")
  end

  def test_no_library
    said = copied { |library| File.delete(library) }
    assert_includes said, "there is no library of jotgate for #{platform} here: "
    assert_includes said, "#{LIBRARY} is not there. Uninstall the gem and install it on this machine"
    assert_includes said, "bundle lock --add-platform #{platform}"
  end

  def test_an_unknown_platform
    said = copied(before: 'RbConfig::CONFIG["host_cpu"] = "riscv64"') { |library| File.delete(library) }
    assert_match(/no library of jotgate for riscv64-\S+ here: there are gems for x86_64-linux-gnu, /, said)
  end

  def test_a_library_that_is_cut_off
    size = nil
    said = copied { |library| File.truncate(library, size = File.size(library) / 2) }
    assert_includes said, "the library of jotgate for #{platform} ("
    assert_includes said, "is cut off after #{size} of " if platform.include?("linux")
    assert_includes copied { |library| File.truncate(library, 10) }, "cut off after 10 of 64 bytes"
  end

  def test_a_file_that_is_no_library
    said = copied { |library| File.binwrite(library, "no library" * 100) }
    assert_includes said, "the library of jotgate for #{platform} cannot be loaded: "
    assert_includes said, "It is damaged, or of a gem for another platform."
  end

  def test_a_library_of_another_version
    said = copied { |library| File.binwrite(library, File.binread(library).gsub("_func_lint", "_func_list")) }
    assert_includes said, "two versions of jotgate lie side by side: the library for #{platform} ("
    assert_includes said, "which is #{Jotgate::VERSION}"
  end

  private

  def platform = Jotgate.const_get(:Library).this_platform

  # What is said when a copy of the gem is loaded, whose library the block has changed: by an exception, and not by a death.
  def copied(before: "")
    Dir.mktmpdir do |folder|
      FileUtils.cp_r(File.expand_path("../lib", __dir__), folder)
      yield File.join(folder, "lib", "jotgate", LIBRARY)
      program = %(#{before}; begin; require "jotgate"; rescue LoadError => e; puts e.message; end)
      said, status = Open3.capture2e(RbConfig.ruby, "-I", File.join(folder, "lib"), "-r", "rbconfig", "-e", program)
      assert_predicate status, :success?, said
      return said
    end
  end
end
