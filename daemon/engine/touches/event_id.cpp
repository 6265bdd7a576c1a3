#include "daemon/engine/touches/event_id.hpp"

#include "base/sha256.hpp"

namespace segmentd::daemon {

std::string event_id(std::string_view prefix, std::initializer_list<std::string_view> texts,
                     std::initializer_list<std::uint64_t> numbers) {
    Sha256Stream stream;
    for (const auto text : texts) {
        stream.add_number(text.size());
        stream.add(text);
    }
    for (const auto number : numbers) stream.add_number(number);
    const auto digest = stream.finish();
    return std::string(prefix) + to_hex(std::span(digest).first<16>());
}

}  // namespace segmentd::daemon
