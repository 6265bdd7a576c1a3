// Reads the form that payload_members.hpp describes, and nothing else.
// The overloads stand before their callers, because templates find them only there.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <charconv>

#include "base/payload_members.hpp"
#include "base/records.hpp"

namespace segmentd {
namespace {

namespace json = boost::json;

// Each function says whether the value had the right form.

template <typename Number>
bool read_from_text(const json::value& value, Number& number) {
    const json::string* text = value.if_string();
    if (text == nullptr || text->empty()) return false;
    const char* last = text->data() + text->size();
    const auto [end, error] = std::from_chars(text->data(), last, number);
    return error == std::errc() && end == last;
}

bool read(const json::value& value, std::string& text) {
    const json::string* found = value.if_string();
    if (found != nullptr) text.assign(found->data(), found->size());
    return found != nullptr;
}
bool read(const json::value& value, bool& flag) {
    const bool* found = value.if_bool();
    if (found != nullptr) flag = *found;
    return found != nullptr;
}
bool read(const json::value& value, double& number) {
    return read_from_text(value, number);
}
bool read(const json::value& value, std::int64_t& number) {
    if (const std::int64_t* found = value.if_int64()) {
        number = *found;
        return payload::fits_json_number(number);
    }
    return read_from_text(value, number) && !payload::fits_json_number(number);
}
bool read(const json::value& value, Timestamp& instant) {
    std::int64_t microseconds = 0;
    const bool is_sound = read(value, microseconds);
    instant = from_microseconds(microseconds);
    return is_sound;
}
template <IsChoice Choice>
bool read(const json::value& value, Choice& choice) {
    const json::string* word = value.if_string();
    const auto found = word == nullptr ? std::nullopt : choice_of<Choice>(*word);
    choice = found.value_or(Choice{});
    return found.has_value();
}
bool read(const json::value& value, ValidationOutcome& outcome);
template <typename Kind>
bool read(const json::value& value, Id<Kind>& id) {
    return read(value, id.text);
}

bool read_tagged(const json::object& tagged, Attribute& attribute) {
    if (tagged.size() != 1 || tagged.begin()->key().size() != 1) return false;
    const json::value& value = tagged.begin()->value();
    switch (tagged.begin()->key().front()) {
        case 'i': return read(value, attribute.emplace<std::int64_t>()) && value.is_string();
        case 'm': return read(value, attribute.emplace<MinorUnits>().count);
        case 'n': return read(value, attribute.emplace<double>());
        case 't': return read(value, attribute.emplace<Timestamp>());
        default: return false;
    }
}

bool read(const json::value& value, Attribute& attribute) {
    switch (value.kind()) {
        case json::kind::string: return read(value, attribute.emplace<std::string>());
        case json::kind::bool_: return read(value, attribute.emplace<bool>());
        case json::kind::int64: return read(value, attribute.emplace<std::int64_t>());
        case json::kind::object: return read_tagged(value.get_object(), attribute);
        default: return false;
    }
}

template <typename Value, typename... Rest>
bool read(const json::value& value, std::map<std::string, Value, Rest...>& map) {
    const json::object* object = value.if_object();
    if (object == nullptr) return false;
    for (const auto& member : *object) {
        const auto entry = map.emplace_hint(map.end(), member.key(), Value());
        if (!read(member.value(), entry->second)) return false;
    }
    return true;
}

template <typename T>
bool read(const json::value& value, std::vector<T>& list) {
    const json::array* array = value.if_array();
    if (array == nullptr) return false;
    return std::ranges::all_of(*array, [&](const json::value& item) { return read(item, list.emplace_back()); });
}

template <typename T>
bool read_object(const json::value& value, T& object);

bool read(const json::value& value, Payload& payload) {
    return std::visit([&value](auto& alternative) { return read_object(value, alternative); }, payload);
}

template <typename T>
class MemberReader {
  public:
    MemberReader(const json::object& json, T& object) : json_(json), object_(object) {}

    template <typename Member>
    void operator()(std::string_view name, Member T::* member) {
        const json::value* value = json_.if_contains(name);
        if (value == nullptr) return;
        ++found_;
        is_sound_ = is_sound_ && read(*value, object_.*member);
    }

    bool is_sound() const { return is_sound_ && found_ == json_.size(); }

  private:
    const json::object& json_;
    T& object_;
    std::size_t found_ = 0;
    bool is_sound_ = true;
};

template <typename T>
bool read_object(const json::value& value, T& object) {
    const json::object* json = value.if_object();
    if (json == nullptr) return false;
    MemberReader<T> visit(*json, object);
    payload::visit_members(visit, &object);
    return visit.is_sound();
}

bool read(const json::value& value, ValidationOutcome& outcome) {
    return read_object(value, outcome);
}

template <std::size_t... Index>
Payload payload_of_type(RecordType type, std::index_sequence<Index...>) {
    Payload payload;
    ((static_cast<std::size_t>(type) == Index + 1 ? void(payload.emplace<Index>()) : void()), ...);
    return payload;
}

}  // namespace

Result<Record> decode_payload(RecordType type, std::string_view text) {
    const auto number = static_cast<std::size_t>(type);
    if (number < 1 || number > std::variant_size_v<Payload>) {
        return fail(ErrorCode::corrupt, fmt::format("{} is not a type of record", number));
    }
    std::array<unsigned char, 4096> memory;
    json::monotonic_resource resource(memory.data(), memory.size());
    json::parse_options options;
    options.allow_invalid_utf8 = true;
    json::error_code error;
    const json::value parsed = json::parse(text, error, &resource, options);
    if (error)
        return fail(ErrorCode::corrupt, fmt::format("a {} payload is not JSON: {}", to_word(type), error.message()));

    Record record;
    record.payload = payload_of_type(type, std::make_index_sequence<std::variant_size_v<Payload>>());
    if (!read_object(parsed, record)) {
        return fail(ErrorCode::corrupt, fmt::format("a {} payload has unknown or wrong members", to_word(type)));
    }
    return record;
}

}  // namespace segmentd
