#include "daemon/net/response_parser.hpp"

#include <algorithm>
#include <boost/beast/http/error.hpp>

namespace segmentd::daemon {

ResponseParser::ResponseParser(const Limits& limits, bool is_to_head) : body_size_limit_(limits.body) {
    header_limit(static_cast<std::uint32_t>(limits.header));
    body_limit(boost::none);  // the limit here keeps the beginning of the body
    eager(true);
    skip(is_to_head);
}

void ResponseParser::on_field_impl(boost::beast::http::field, Text name, Text value, Error&) {
    if (is_header_complete_) return;  // a field behind the last chunk means nothing here
    headers_.emplace_back(std::string(name.data(), name.size()), std::string(value.data(), value.size()));
}

std::size_t ResponseParser::on_body_impl(Text piece, Error& error) {
    const std::size_t size = std::min(piece.size(), body_size_limit_ - body_.size());
    body_.append(piece.data(), size);
    if (size < piece.size()) error = boost::beast::http::error::body_limit;
    return size;
}

std::size_t ResponseParser::on_chunk_body_impl(std::uint64_t, Text piece, Error& error) {
    return on_body_impl(piece, error);
}

}  // namespace segmentd::daemon
