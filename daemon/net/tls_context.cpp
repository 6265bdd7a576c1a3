#include "daemon/net/tls_context.hpp"

#include <fmt/format.h>

#include <fstream>

namespace segmentd::daemon {
namespace {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

tl::unexpected<Error> refuse_file(const char* what, const std::string& path, const error_code& error);

}  // namespace

Result<std::shared_ptr<ssl::context>> load_tls_context(const TlsFiles& files) {
    if (files.certificate.empty() && files.key.empty()) return std::shared_ptr<ssl::context>();
    if (files.certificate.empty() || files.key.empty()) {
        return fail(ErrorCode::invalid,
                    fmt::format("TLS needs a certificate and a key; the {} is not named",
                                files.key.empty() ? "key" : "certificate"),
                    "set tls.certificate_file and tls.key_file");
    }
    auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
    error_code error;
    context->set_options(ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1 | ssl::context::no_compression, error);
    ::SSL_CTX_set_mode(context->native_handle(), SSL_MODE_RELEASE_BUFFERS);  // idle connections hold less memory
    // Without this a key with a pass phrase would ask for it at the terminal.
    context->set_password_callback([](std::size_t, ssl::context::password_purpose) { return std::string(); }, error);
    context->use_certificate_chain_file(files.certificate, error);
    if (error) return refuse_file("certificate", files.certificate, error);
    context->use_private_key_file(files.key, ssl::context::pem, error);
    if (error) return refuse_file("key", files.key, error);
    return context;
}

namespace {

tl::unexpected<Error> refuse_file(const char* what, const std::string& path, const error_code& error) {
    const bool is_readable = std::ifstream(path).is_open();
    return fail(ErrorCode::invalid,
                fmt::format("the TLS {} {} cannot be used: {}", what, path,
                            is_readable ? error.message() : "it is missing or may not be read"),
                "name PEM files that belong together and that the daemon may read; the key without a pass phrase");
}

}  // namespace
}  // namespace segmentd::daemon
