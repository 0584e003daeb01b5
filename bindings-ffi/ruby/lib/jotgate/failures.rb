# frozen_string_literal: true

require "openssl"
require "timeout"
require_relative "fetcher"

module Jotgate
  # Why nothing came of a piece of work: what was raised, as the core takes it.
  module Failures # :nodoc:
    # Work that has not ended in its time.
    class Overdue < StandardError; end

    # Work whose thread was ended from outside.
    class Ended < StandardError; end

    # More causes of causes than anybody has; a chain may lead back into itself.
    DEPTH = 32
    private_constant :DEPTH

    module_function

    # The number of a failure.
    def number(error)
      case error
      when Overdue, Timeout::Error, Errno::ETIMEDOUT then JotgateNative::Failure::TIMEOUT
      when ResponseTooLarge then JotgateNative::Failure::TOO_LARGE
      when Ended then JotgateNative::Failure::CANCELLED
      else of_connection(error)
      end
    end

    # What the innermost error that has words says of itself; empty where the number says it all.
    def cause(error)
      return "" if error.is_a?(Overdue) || error.is_a?(ResponseTooLarge)

      speaks = inwards(error).reverse.find { |each| !each.message.to_s.empty? } || error
      words = speaks.message.to_s
      words == speaks.class.name ? words : "#{speaks.class}: #{words}"
    rescue StandardError
      # An error of the application's may fail to say what it is.
      error.class.name.to_s
    end

    def of_connection(error)
      causes = inwards(error)
      return JotgateNative::Failure::CERTIFICATE if causes.any? { |each| certificate?(each) }

      connection = [SystemCallError, IOError, SocketError, OpenSSL::SSL::SSLError, Net::ProtocolError, Net::HTTPBadResponse]
      if causes.any? do |each|
        connection.any? do |kind|
          each.is_a?(kind)
        end
      end
        JotgateNative::Failure::CONNECTION
      else
        JotgateNative::Failure::CALLBACK
      end
    end
    private_class_method :of_connection

    # OpenSSL has one class for all that goes wrong in a handshake.
    def certificate?(error)
      error.is_a?(OpenSSL::SSL::SSLError) && error.message.to_s.match?(/certificate verify failed|hostname .* does not match/)
    rescue StandardError
      false
    end
    private_class_method :certificate?

    def inwards(error)
      found = []
      while error.is_a?(Exception) && found.length < DEPTH && !found.include?(error)
        found << error
        error = error.cause
      end
      found
    end
    private_class_method :inwards
  end
  private_constant :Failures
end
