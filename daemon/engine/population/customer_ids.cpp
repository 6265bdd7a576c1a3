#include "daemon/engine/population/customer_ids.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

namespace segmentd::daemon {
namespace {

constexpr std::size_t bytes_a_block = 64 * 1024;

// The length stands before the text: in one byte where it is below this mark, else after it.
constexpr auto long_mark = std::numeric_limits<unsigned char>::max();

}  // namespace

std::string_view KeptId::text() const {
    if (start_ == nullptr) return {};
    std::size_t length = static_cast<unsigned char>(*start_);
    const char* text = start_ + 1;
    if (length == long_mark) {
        std::memcpy(&length, text, sizeof length);
        text += sizeof length;
    }
    return {text, length};
}

KeptId CustomerIds::keep(std::string_view text) {
    const bool is_long = text.size() >= long_mark;
    const std::size_t length = text.size();
    const std::size_t bytes = 1 + (is_long ? sizeof length : 0) + length;
    if (bytes > bytes_free_) {
        bytes_free_ = std::max(bytes, bytes_a_block);
        blocks_.push_back(std::make_shared_for_overwrite<char[]>(bytes_free_));
        free_ = blocks_.back().get();
    }
    const KeptId id(free_);
    *free_++ = static_cast<char>(is_long ? long_mark : static_cast<unsigned char>(length));
    if (is_long) free_ = std::copy_n(reinterpret_cast<const char*>(&length), sizeof length, free_);
    free_ = std::ranges::copy(text, free_).out;
    bytes_free_ -= bytes;
    return id;
}

}  // namespace segmentd::daemon
