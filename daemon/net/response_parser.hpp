// Reads one response from the bytes of a connection. Part of the client.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>
#include <string>

#include "daemon/net/http_message.hpp"

namespace segmentd::daemon {

class ResponseParser final : public boost::beast::http::basic_parser<false> {
  public:
    struct Limits {
        std::size_t header = 0;
        std::size_t body = 0;  // what comes beyond is not read: the parser then reports body_limit
    };

    // A response to HEAD has no body, whatever its header says.
    ResponseParser(const Limits& limits, bool is_to_head);

    int status() const { return status_; }
    HttpHeaders& headers() { return headers_; }
    std::string& body() { return body_; }

  private:
    using Error = boost::beast::error_code;
    using Text = boost::beast::string_view;

    void on_request_impl(boost::beast::http::verb, Text, Text, int, Error&) override {}
    void on_response_impl(int status, Text, int, Error&) override { status_ = status; }
    void on_field_impl(boost::beast::http::field field, Text name, Text value, Error& error) override;
    void on_header_impl(Error&) override { is_header_complete_ = true; }
    void on_body_init_impl(const boost::optional<std::uint64_t>&, Error&) override {}
    std::size_t on_body_impl(Text piece, Error& error) override;
    void on_chunk_header_impl(std::uint64_t, Text, Error&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t remaining, Text piece, Error& error) override;
    void on_finish_impl(Error&) override {}

    const std::size_t body_size_limit_;
    int status_ = 0;
    HttpHeaders headers_;
    std::string body_;
    bool is_header_complete_ = false;
};

}  // namespace segmentd::daemon
