#include "daemon/engine/population/membership.hpp"

#include <utility>

#include "base/packed_bytes.hpp"
#include "daemon/engine/population/packed_values.hpp"

namespace segmentd::daemon {
namespace {

constexpr char unknown_flag = 1;
constexpr char greeted_flag = 2;

void append(std::string& bytes, const Membership& membership, Timestamp first) {
    std::string head;
    head += static_cast<char>((membership.unknown ? unknown_flag : 0) | (membership.greeted != 0 ? greeted_flag : 0));
    append_varint(head, membership.origin);
    append_signed_varint(head, (membership.since - first).count());
    if (membership.greeted != 0) append_bits(head, membership.greeted);
    append_varint(bytes, membership.segment);
    append_varint(bytes, head.size() + membership.values.size());
    bytes += head;
    bytes += membership.values;
}

}  // namespace

std::uint32_t Origins::keep(Origin origin) {
    const auto [place, is_new] = numbers_.try_emplace(std::move(origin), static_cast<std::uint32_t>(by_number_.size()));
    if (is_new) by_number_.push_back(&place->first);
    return place->second;
}

std::string values_object(std::string_view names, std::string_view packed) {
    std::string text;
    while (!names.empty()) {
        const auto name = names.substr(0, names.find('\n'));
        names.remove_prefix(name.size() + 1);
        text += text.empty() ? "{\"" : ",\"";
        text += name;
        text += "\":";
        text += take_json(packed);
    }
    return text.empty() ? "{}" : text + "}";
}

std::size_t Memberships::Iterator::segment() const {
    const char* at = at_;
    return take_varint(at);
}

Membership Memberships::Iterator::operator*() const {
    const char* at = at_;
    Membership membership;
    membership.segment = static_cast<std::uint32_t>(take_varint(at));
    const auto length = take_varint(at);
    const char* end = at + length;
    const char flags = *at++;
    membership.unknown = (flags & unknown_flag) != 0;
    membership.origin = static_cast<std::uint32_t>(take_varint(at));
    membership.since = first_ + Duration(take_signed_varint(at));
    if ((flags & greeted_flag) != 0) membership.greeted = take_bits<std::uint32_t>(at);
    membership.values = {at, end};
    return membership;
}

Memberships::Iterator& Memberships::Iterator::operator++() {
    take_varint(at_);
    const auto length = take_varint(at_);
    at_ += length;
    return *this;
}

Memberships::Iterator Memberships::begin() const {
    if (bytes_.empty()) return end();
    const char* at = bytes_.begin();
    const auto first = from_microseconds(take_bits<std::int64_t>(at));
    return {at, first};
}

std::optional<Membership> Memberships::operator[](std::size_t segment) const {
    const auto found = find(segment);
    return found == end() ? std::nullopt : std::optional(*found);
}

Memberships::Iterator Memberships::find(std::size_t segment) const {
    auto place = begin();
    while (place != end() && place.segment() < segment) ++place;
    return place != end() && place.segment() == segment ? place : end();
}

void Memberships::put(const Membership& membership) {
    std::string bytes;
    if (empty()) append_bits(bytes, to_microseconds(membership.since));
    append(bytes, membership, empty() ? membership.since : begin().first());
    replace(membership.segment, bytes);
}

void Memberships::remove(std::size_t segment) {
    replace(segment, {});
}

void Memberships::replace(std::size_t segment, std::string_view bytes) {
    auto place = begin();
    while (place != end() && place.segment() < segment) ++place;
    auto next = place;
    if (next != end() && next.segment() == segment) ++next;
    bytes_.replace(place.at(), next.at(), bytes);
    if (bytes_.size() == sizeof(std::int64_t)) bytes_ = {};  // the instant alone
}

}  // namespace segmentd::daemon
