// Reads one request from the bytes of a connection. Part of the server.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "daemon/net/http_message.hpp"

namespace segmentd::daemon {

struct RequestLimits {
    std::size_t header = 0;
    std::size_t body = 0;
};

// Why a request is not handed on, as an HTTP status with words.
struct RequestRefusal {
    int status = 400;
    std::string detail;
};

// For what the parser itself reports.
RequestRefusal refusal_of(const boost::beast::error_code& error);

class RequestParser final : public boost::beast::http::basic_parser<true> {
  public:
    explicit RequestParser(const RequestLimits& limits);

    bool is_head_request() const { return request_.method == "HEAD"; }
    bool waits_for_continue() const { return waits_for_continue_; }

    // Completes the request once all of it is parsed: splits and decodes the target, inflates the
    // body. A refusal where HTTP or the limits forbid it.
    std::optional<RequestRefusal> finish();
    HttpRequest& request() { return request_; }

  private:
    using Error = boost::beast::error_code;
    using Text = boost::beast::string_view;

    std::optional<RequestRefusal> check_framing() const;
    std::optional<RequestRefusal> split_target();
    std::optional<RequestRefusal> inflate_body();

    void on_request_impl(boost::beast::http::verb verb, Text method, Text target, int version, Error& error) override;
    void on_response_impl(int, Text, int, Error&) override {}
    void on_field_impl(boost::beast::http::field field, Text name, Text value, Error& error) override;
    void on_header_impl(Error&) override { is_header_complete_ = true; }
    void on_body_init_impl(const boost::optional<std::uint64_t>&, Error&) override {}
    std::size_t on_body_impl(Text piece, Error& error) override;
    void on_chunk_header_impl(std::uint64_t, Text, Error&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t remaining, Text piece, Error& error) override;
    void on_finish_impl(Error&) override {}

    RequestLimits limits_;
    HttpRequest request_;
    int version_ = 11;
    int hosts_ = 0;
    bool has_transfer_encoding_ = false;
    bool waits_for_continue_ = false;
    bool is_header_complete_ = false;
};

}  // namespace segmentd::daemon
