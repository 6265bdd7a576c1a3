#include "daemon/net/inflate.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>

#include "daemon/net/http_message.hpp"

namespace segmentd::daemon {
namespace {

constexpr int gzip_or_zlib = 15 + 32;  // the largest window, the format told from the first bytes

class Inflater {
  public:
    explicit Inflater(std::string_view coded) {
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(coded.data()));
        stream_.avail_in = static_cast<uInt>(coded.size());
        is_ready_ = ::inflateInit2(&stream_, gzip_or_zlib) == Z_OK;
    }
    ~Inflater() {
        if (is_ready_) ::inflateEnd(&stream_);
    }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    bool is_ready() const { return is_ready_; }
    bool has_input() const { return stream_.avail_in > 0; }

    // Inflates into the block as far as it goes; the zlib result and how many bytes came.
    std::pair<int, std::size_t> next(std::string& block) {
        stream_.next_out = reinterpret_cast<Bytef*>(block.data());
        stream_.avail_out = static_cast<uInt>(block.size());
        const int result = ::inflate(&stream_, Z_NO_FLUSH);
        return {result, block.size() - stream_.avail_out};
    }
    bool begin_next_member() { return ::inflateReset(&stream_) == Z_OK; }

  private:
    z_stream stream_{};
    bool is_ready_ = false;
};

}  // namespace

bool is_inflatable(std::string_view coding) {
    return equals_ignoring_case(coding, "gzip") || equals_ignoring_case(coding, "x-gzip") ||
           equals_ignoring_case(coding, "deflate");
}

Result<std::string> inflate(std::string_view coded, std::size_t max_size) {
    constexpr std::size_t block_size = std::size_t{64} * 1024;
    Inflater inflater(coded);
    if (!inflater.is_ready()) return fail(ErrorCode::io, "no memory to inflate the body");
    std::string bytes;
    std::string block(std::min(block_size, max_size + 1), '\0');
    while (true) {
        const auto [result, size] = inflater.next(block);
        if (size > max_size - bytes.size()) {
            return fail(ErrorCode::limit, fmt::format("the body inflates to more than {} bytes", max_size));
        }
        bytes.append(block, 0, size);
        if (result == Z_STREAM_END && !inflater.has_input()) return bytes;
        const bool goes_on = result == Z_STREAM_END ? inflater.begin_next_member() : result == Z_OK;
        if (!goes_on) return fail(ErrorCode::invalid, "the body is no whole gzip or zlib text");
    }
}

}  // namespace segmentd::daemon
