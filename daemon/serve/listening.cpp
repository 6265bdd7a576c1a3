#include "daemon/serve/listening.hpp"

#include "daemon/settings/secrets.hpp"

namespace segmentd::daemon {

Result<HttpServerSettings> server_settings(const Settings& settings, const std::string& address) {
    TRY(listen, parse_listen(address));
    HttpServerSettings server;
    server.address = listen.address;
    server.port = listen.port;
    server.tls.certificate = credential_path(settings.tls_certificate_file, credentials_directory());
    server.tls.key = credential_path(settings.tls_key_file, credentials_directory());
    return server;
}

bool has_tls(const Settings& settings) {
    return !settings.tls_certificate_file.empty();
}

}  // namespace segmentd::daemon
