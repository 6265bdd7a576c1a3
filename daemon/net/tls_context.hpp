// What a server shows to its clients: certificate and key from files. Part of the server.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "base/result.hpp"
#include "daemon/net/http_server.hpp"

namespace segmentd::daemon {

// TLS 1.2 and later. Null where no files are named. invalid where one of the two is missing, cannot be read, is not
// PEM or needs a pass phrase, or where the key is not the certificate's; the message names the file.
Result<std::shared_ptr<boost::asio::ssl::context>> load_tls_context(const TlsFiles& files);

}  // namespace segmentd::daemon
