// What a listener of the settings comes to: address, port and TLS files.
#pragma once

#include <string>

#include "base/result.hpp"
#include "daemon/net/http_server.hpp"
#include "daemon/settings/settings.hpp"

namespace segmentd::daemon {

// `address` is a setting such as "127.0.0.1:8686". Its form is checked, nothing is opened.
Result<HttpServerSettings> server_settings(const Settings& settings, const std::string& address);

bool has_tls(const Settings& settings);

}  // namespace segmentd::daemon
