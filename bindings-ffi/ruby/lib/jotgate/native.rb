# frozen_string_literal: true

require "json"
require_relative "library"

module Jotgate
  Library.load { require_relative "jotgate_native" }

  # What UniFFI has made of the native library, with the manners of Ruby. Texts go in as bytes, whatever encoding they say they
  # have: the library looks whether they are UTF-8.
  module Native
    module_function

    # Runs the block, and raises what it raises as an error of ours.
    def call
      yield
    rescue JotgateNative::PolicyMistake::Refused => e
      raise PolicyError.of(e)
    rescue JotgateNative::CallFailure::Argument, JotgateNative::CallFailure::Snapshot => e
      raise ArgumentError, e.text
    rescue JotgateNative::PolicyMistake::Unexpected, JotgateNative::CallFailure::Unexpected, JotgateNative::InternalError
      raise InternalError, "the native library failed"
    end

    # The milliseconds of a time in seconds, or of a Time.
    def millis(time)
      raise TypeError, "a time is a Time or a number of seconds, not #{time.class}" unless time.is_a?(Numeric) || time.is_a?(Time)

      time = time.to_r if time.is_a?(Time)
      (time * 1000).round
    end

    # Names of codes by their numbers.
    CODES = JotgateNative.codes.to_h { |code| [code.number, code.name.freeze] }.freeze
  end
  private_constant :Native
end
