# frozen_string_literal: true

require "minitest/autorun"
require "minitest/mock"
require "rack"
require "tmpdir"
require "webrick"
require "webrick/https"
$LOAD_PATH.unshift(File.expand_path("../lib", __dir__))
require "jotgate/rack"
require "jotgate/testing"

module Support
  # Longer than anything here takes; a test that waits for it has failed.
  PATIENCE = 60

  # A server on loopback that answers each GET by a block of the request and the answer, and keeps what was asked.
  class Server
    attr_reader :requests, :certificate

    def initialize(tls: false, &answer)
      @requests = Queue.new
      options = { BindAddress: "127.0.0.1", Port: 0, AccessLog: [], Logger: WEBrick::Log.new(File::NULL) }
      options.merge!(secured) if tls
      @scheme = tls ? "https" : "http"
      @server = WEBrick::HTTPServer.new(options)
      @server.mount_proc("/") do |request, response|
        @requests << request
        answer.call(request, response)
      end
      @thread = Thread.new { @server.start }
    end

    def url(path = "") = "#{@scheme}://127.0.0.1:#{@server.listeners.first.addr[1]}#{path}"

    def stop
      @server.shutdown
      @thread.join
    end

    private

    # A certificate that nobody knows.
    def secured
      key = OpenSSL::PKey::EC.generate("prime256v1")
      certificate = OpenSSL::X509::Certificate.new
      certificate.version = 2
      certificate.serial = 1
      certificate.subject = certificate.issuer = OpenSSL::X509::Name.parse("/CN=issuer")
      certificate.public_key = key
      certificate.not_before = Time.now - 3600
      certificate.not_after = Time.now + 3600
      extensions = OpenSSL::X509::ExtensionFactory.new(certificate, certificate)
      certificate.add_extension(extensions.create_extension("subjectAltName", "IP:127.0.0.1"))
      certificate.add_extension(extensions.create_extension("basicConstraints", "CA:TRUE", true))
      certificate.sign(key, "SHA256")
      @certificate = certificate
      { SSLEnable: true, SSLCertificate: certificate, SSLPrivateKey: key }
    end
  end

  # One issuer for all tests: to make its key takes a while.
  ISSUER = Jotgate::Testing::Issuer.new

  # A server that publishes the keys of an issuer.
  def keys_of(issuer, **options)
    Server.new(**options) do |request, response|
      served = issuer.fetch(Jotgate::FetchRequest.new(url: "#{issuer.name.chomp('/')}#{request.path}"))
      response.status = served.status
      response["content-type"] = served.headers["content-type"]
      response.body = served.body
    end
  end

  def teardown
    Jotgate.logger = Logger.new(IO::NULL)
    @servers&.each(&:stop)
  end

  def setup
    Jotgate.logger = Logger.new(IO::NULL)
  end

  def server(of = nil, **options, &)
    server = of ? keys_of(of, **options) : Server.new(**options, &)
    (@servers ||= []) << server
    server
  end

  # The policy of an issuer that is on loopback.
  def policy(server, issuer: ISSUER, **more)
    document = issuer.policy_fetching(server.url)
    document["issuers"].first["jwks"] = { "allow_http" => true }
    document.merge(more.transform_keys(&:to_s))
  end
end
