#include "daemon/net/request_parser.hpp"

#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>

#include "daemon/net/inflate.hpp"
#include "daemon/net/query.hpp"

namespace segmentd::daemon {
namespace {

namespace http = boost::beast::http;

constexpr int http_1_1 = 11;

std::string_view without_authority(std::string_view target);

}  // namespace

RequestRefusal refusal_of(const boost::beast::error_code& error) {
    if (error == http::error::header_limit) return {431, "the header is larger than this server reads"};
    if (error == http::error::body_limit) return {413, "the body is larger than this server reads"};
    if (error == http::error::bad_version) return {505, "only HTTP/1.0 and HTTP/1.1 are spoken here"};
    return {400, "the request breaks HTTP: " + error.message()};
}

RequestParser::RequestParser(const RequestLimits& limits) : limits_(limits) {
    header_limit(static_cast<std::uint32_t>(limits.header));
    body_limit(limits.body);
    eager(true);
}

std::optional<RequestRefusal> RequestParser::finish() {
    if (auto refusal = check_framing()) return refusal;
    if (auto refusal = split_target()) return refusal;
    return inflate_body();
}

// RFC 9112, sections 3.2 and 6.3: what proxies could understand otherwise than we do is refused.
std::optional<RequestRefusal> RequestParser::check_framing() const {
    if (hosts_ > 1 || (hosts_ == 0 && version_ >= http_1_1)) {
        return RequestRefusal{400, "a request has one Host header"};
    }
    if (has_transfer_encoding_ && (!chunked() || version_ < http_1_1)) {
        return RequestRefusal{501, "the only transfer coding read here is chunked"};
    }
    return std::nullopt;
}

std::optional<RequestRefusal> RequestParser::split_target() {
    const std::string_view target = without_authority(request_.target);
    const std::string_view path = target.substr(0, target.find('?'));
    request_.raw_path = path;
    request_.query = target.substr(std::min(target.size(), path.size() + 1));
    auto decoded = decode_percent(path);
    const bool is_path = path.starts_with('/') || (path == "*" && request_.method == "OPTIONS");
    if (!is_path || !decoded || decoded->find('\0') != std::string::npos) {
        return RequestRefusal{400, "the target of the request is no path"};
    }
    request_.path = std::move(*decoded);
    return std::nullopt;
}

std::optional<RequestRefusal> RequestParser::inflate_body() {
    const std::string_view coding = request_.header("Content-Encoding");
    if (coding.empty() || equals_ignoring_case(coding, "identity") || request_.body.empty()) return std::nullopt;
    if (!is_inflatable(coding)) return RequestRefusal{415, "the body is coded otherwise than by gzip or deflate"};
    auto plain = inflate(request_.body, limits_.body);
    if (!plain) return RequestRefusal{plain.error().code == ErrorCode::limit ? 413 : 400, plain.error().message};
    request_.body = std::move(*plain);
    return std::nullopt;
}

void RequestParser::on_request_impl(http::verb, Text method, Text target, int version, Error&) {
    request_.method.assign(method.data(), method.size());
    request_.target.assign(target.data(), target.size());
    version_ = version;
}

void RequestParser::on_field_impl(http::field field, Text name, Text value, Error&) {
    if (is_header_complete_) return;  // a field behind the last chunk means nothing here
    if (field == http::field::host) ++hosts_;
    if (field == http::field::transfer_encoding) has_transfer_encoding_ = true;
    if (field == http::field::expect) {
        waits_for_continue_ =
            version_ >= http_1_1 && equals_ignoring_case({value.data(), value.size()}, "100-continue");
    }
    request_.headers.emplace_back(std::string(name.data(), name.size()), std::string(value.data(), value.size()));
}

std::size_t RequestParser::on_body_impl(Text piece, Error&) {
    request_.body.append(piece.data(), piece.size());
    return piece.size();
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, Text piece, Error& error) {
    return on_body_impl(piece, error);
}

namespace {

// A client that takes this server for a proxy sends "http://host/path" (RFC 9112, section 3.2.2).
std::string_view without_authority(std::string_view target) {
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!equals_ignoring_case(target.substr(0, scheme.size()), scheme)) continue;
        const std::size_t path = target.find_first_of("/?", scheme.size());
        return path == std::string_view::npos ? "/" : target.substr(path);
    }
    return target;
}

}  // namespace
}  // namespace segmentd::daemon
