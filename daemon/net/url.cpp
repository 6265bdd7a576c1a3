#include "daemon/net/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>

namespace segmentd::daemon {

Result<Url> parse_url(std::string_view text) {
    constexpr const char* hint = "write https://host[:port]/path";
    const auto parsed = boost::urls::parse_uri(text);
    // The text is not repeated: an address may carry a secret.
    if (!parsed) return fail(ErrorCode::invalid, "this is not a URL", hint);
    const boost::urls::url_view& view = *parsed;
    const bool is_secure = view.scheme_id() == boost::urls::scheme::https;
    if (!is_secure && view.scheme_id() != boost::urls::scheme::http) {
        return fail(ErrorCode::unsupported, "only http and https URLs are called", hint);
    }
    if (view.has_userinfo()) {
        return fail(ErrorCode::invalid, "a URL must not hold a user name or password", "send a header instead");
    }

    Url url;
    url.is_secure = is_secure;
    url.host = std::string(view.encoded_host_address());
    if (url.host.find('%') != std::string::npos) return fail(ErrorCode::invalid, "a host holds no percent signs", hint);
    std::ranges::transform(url.host, url.host.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    if (url.host.empty()) return fail(ErrorCode::invalid, "the URL names no host", hint);
    const std::uint16_t usual_port = is_secure ? 443 : 80;
    url.port = usual_port;
    const std::string_view digits = view.port();  // the library's own number wraps around
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), url.port);
    if ((!digits.empty() && error != std::errc()) || url.port == 0) {
        return fail(ErrorCode::invalid, "the port of a URL is from 1 to 65535", hint);
    }
    const std::string_view target = view.encoded_target();
    url.target = fmt::format("{}{}", target.starts_with('/') ? "" : "/", target);
    const bool is_ipv6 = url.host.find(':') != std::string::npos;
    url.authority = is_ipv6 ? fmt::format("[{}]", url.host) : url.host;
    if (url.port != usual_port) url.authority += fmt::format(":{}", url.port);
    return url;
}

}  // namespace segmentd::daemon
