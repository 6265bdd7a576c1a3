#include "daemon/engine/population/membership.hpp"

#include <cstring>
#include <utility>

#include "base/varint.hpp"
#include "daemon/engine/population/packed_values.hpp"

namespace segmentd::daemon {
namespace {

constexpr char unknown_flag = 1;
constexpr char greeted_flag = 2;

void append_bits(std::string& bytes, const auto& number) {
    bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
}

void take_bits(const char*& at, auto& number) {
    std::memcpy(&number, at, sizeof number);
    at += sizeof number;
}

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
    if ((flags & greeted_flag) != 0) take_bits(at, membership.greeted);
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
    std::int64_t first = 0;
    take_bits(at, first);
    return {at, from_microseconds(first)};
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
    replace(membership.segment, &membership);
}

void Memberships::remove(std::size_t segment) {
    replace(segment, nullptr);
}

void Memberships::replace(std::size_t segment, const Membership* membership) {
    std::vector<Membership> kept;
    for (const auto other : *this) {
        if (other.segment > segment && membership != nullptr) kept.push_back(*std::exchange(membership, nullptr));
        if (other.segment != segment) kept.push_back(other);
    }
    if (membership != nullptr) kept.push_back(*membership);
    std::string bytes;
    if (!kept.empty()) {
        const auto first = kept.front().since;
        append_bits(bytes, to_microseconds(first));
        for (const auto& one : kept) append(bytes, one, first);
    }
    bytes_.assign(bytes.data(), bytes.data() + bytes.size());
}

}  // namespace segmentd::daemon
