// The least that a Beast server does: one thread reads a whole request and answers 200, whatever it said.
// Usage: bench_bare_server PORT_FILE; it listens on a free port of 127.0.0.1 and writes the port into the file.
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>
#include <string>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Socket = asio::basic_stream_socket<asio::ip::tcp, asio::io_context::executor_type>;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, asio::io_context::executor_type>;

constexpr std::uint64_t longest_body = 8'000'000;

class Session : public std::enable_shared_from_this<Session> {
  public:
    explicit Session(Socket socket) : socket_(std::move(socket)) {
        socket_.set_option(asio::ip::tcp::no_delay(true));
        response_.set(http::field::content_type, "application/json");
        response_.body() = R"({"success":true})";
        response_.prepare_payload();
    }

    void read() {
        parser_.emplace();
        parser_->body_limit(longest_body);
        http::async_read(socket_, buffer_, *parser_, [self = shared_from_this()](auto error, std::size_t) {
            if (!error) self->write();
        });
    }

  private:
    void write() {
        response_.keep_alive(parser_->get().keep_alive());
        http::async_write(socket_, response_, [self = shared_from_this()](auto error, std::size_t) {
            if (!error) self->read();
        });
    }

    Socket socket_;
    beast::flat_buffer buffer_;
    std::optional<http::request_parser<http::string_body>> parser_;
    http::response<http::string_body> response_{http::status::ok, 11};
};

void accept_next(Acceptor& acceptor) {
    acceptor.async_accept([&acceptor](auto error, Socket socket) {
        if (!error) std::make_shared<Session>(std::move(socket))->read();
        accept_next(acceptor);
    });
}

// The file appears whole or not at all.
bool write_port(const std::string& file, std::uint16_t port) {
    const std::string temporary = file + ".new";
    std::ofstream(temporary) << port << '\n';
    return std::rename(temporary.c_str(), file.c_str()) == 0;
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 2) return 2;
    asio::io_context io(1);
    Acceptor acceptor(io, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    if (!write_port(arguments[1], acceptor.local_endpoint().port())) return 1;
    accept_next(acceptor);
    io.run();
}
