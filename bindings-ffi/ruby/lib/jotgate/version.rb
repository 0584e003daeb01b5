# frozen_string_literal: true

module Jotgate
  # That of the native library, too.
  VERSION = "0.1.0"
end
