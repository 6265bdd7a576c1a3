// Writes the form that payload_members.hpp describes.
// The overloads stand before their callers, because templates find them only there.
#include <algorithm>
#include <bit>
#include <charconv>

#include "base/canonical_json.hpp"
#include "base/payload_members.hpp"
#include "base/records.hpp"

namespace segmentd {
namespace {

template <typename Number>
void write_as_text(CanonicalJsonWriter& writer, Number number) {
    std::array<char, 40> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    writer.add_raw("\"");
    writer.add_raw({text.data(), end});
    writer.add_raw("\"");
}

void write(CanonicalJsonWriter& writer, const std::string& text) {
    writer.add_text(text);
}
void write(CanonicalJsonWriter& writer, bool value) {
    writer.add_raw(value ? "true" : "false");
}
void write(CanonicalJsonWriter& writer, double number) {
    write_as_text(writer, number);
}
void write(CanonicalJsonWriter& writer, std::int64_t number) {
    payload::fits_json_number(number) ? writer.add_integer(number) : write_as_text(writer, number);
}
void write(CanonicalJsonWriter& writer, Timestamp instant) {
    write(writer, to_microseconds(instant));
}
template <IsChoice Choice>
void write(CanonicalJsonWriter& writer, Choice choice) {
    writer.add_text(to_word(choice));
}
void write(CanonicalJsonWriter& writer, const ValidationOutcome& outcome);
template <typename Kind>
void write(CanonicalJsonWriter& writer, const Id<Kind>& id) {
    writer.add_text(id.text);
}

template <typename T>
void write_tagged(CanonicalJsonWriter& writer, std::string_view opening, const T& value) {
    writer.add_raw(opening);
    write(writer, value);
    writer.add_raw("}");
}

void write(CanonicalJsonWriter& writer, const Attribute& attribute) {
    switch (type_of(attribute)) {
        case AttributeType::text: return write(writer, std::get<std::string>(attribute));
        case AttributeType::boolean: return write(writer, std::get<bool>(attribute));
        case AttributeType::number: return write_tagged(writer, "{\"n\":", std::get<double>(attribute));
        case AttributeType::money: return write_tagged(writer, "{\"m\":", std::get<MinorUnits>(attribute).count);
        case AttributeType::time: return write_tagged(writer, "{\"t\":", std::get<Timestamp>(attribute));
        case AttributeType::integer: {
            const auto number = std::get<std::int64_t>(attribute);
            return payload::fits_json_number(number) ? write(writer, number) : write_tagged(writer, "{\"i\":", number);
        }
    }
}

template <typename Name, typename Value>
void write_entry(CanonicalJsonWriter& writer, bool is_first, const std::pair<Name, Value>& entry) {
    writer.add_raw(is_first ? "{" : ",");
    writer.add_text(entry.first);
    writer.add_raw(":");
    write(writer, entry.second);
}

bool is_beyond_16_bits(const std::string& name) {
    return std::any_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) >= 0xF0; });
}

// The map's own order, by bytes, is the canonical one unless a character beyond U+FFFF occurs.
template <typename Value, typename... Rest>
void write(CanonicalJsonWriter& writer, const std::map<std::string, Value, Rest...>& map) {
    if (map.empty()) return writer.add_raw("{}");
    if (std::none_of(map.begin(), map.end(), [](const auto& entry) { return is_beyond_16_bits(entry.first); })) {
        for (const auto& entry : map) write_entry(writer, &entry == &*map.begin(), entry);
    } else {
        std::vector<const std::pair<const std::string, Value>*> entries;
        for (const auto& entry : map) entries.push_back(&entry);
        std::sort(entries.begin(), entries.end(),
                  [](const auto* a, const auto* b) { return is_before_in_utf16(a->first, b->first); });
        for (const auto* entry : entries) write_entry(writer, entry == entries.front(), *entry);
    }
    writer.add_raw("}");
}

template <typename T>
void write(CanonicalJsonWriter& writer, const std::vector<T>& list) {
    writer.add_raw("[");
    for (const auto& item : list) {
        if (&item != &list.front()) writer.add_raw(",");
        write(writer, item);
    }
    writer.add_raw("]");
}

template <typename T>
bool is_default(const T& value, const T& fallback) {
    return value == fallback;
}
// -0 and NaN are values of their own.
bool is_default(double value, double fallback) {
    return std::bit_cast<std::uint64_t>(value) == std::bit_cast<std::uint64_t>(fallback);
}

template <typename T>
bool write_object(CanonicalJsonWriter& writer, const T& object);

template <typename T>
class MemberWriter {
  public:
    MemberWriter(CanonicalJsonWriter& writer, const T& object) : writer_(writer), object_(object) {}

    template <typename Member>
    void operator()(std::string_view name, Member T::* member) {
        static const T fallback{};
        if (is_default(object_.*member, fallback.*member)) return;
        begin(name);
        write(writer_, object_.*member);
    }

    void operator()(std::string_view name, Payload T::* member) {
        const auto size_before = writer_.size();
        const bool was_empty = is_empty_;
        begin(name);
        const auto write_payload = [this](const auto& payload) { return write_object(writer_, payload); };
        if (std::visit(write_payload, object_.*member)) return;
        writer_.cut_back_to(size_before);
        is_empty_ = was_empty;
    }

    bool is_empty() const { return is_empty_; }

  private:
    void begin(std::string_view name) {
        writer_.add_raw(is_empty_ ? "{\"" : ",\"");
        writer_.add_raw(name);
        writer_.add_raw("\":");
        is_empty_ = false;
    }

    CanonicalJsonWriter& writer_;
    const T& object_;
    bool is_empty_ = true;
};

// False where every member has its default value; then the object is {}.
template <typename T>
bool write_object(CanonicalJsonWriter& writer, const T& object) {
    MemberWriter<T> visit(writer, object);
    payload::visit_members(visit, &object);
    writer.add_raw(visit.is_empty() ? "{}" : "}");
    return !visit.is_empty();
}

void write(CanonicalJsonWriter& writer, const ValidationOutcome& outcome) {
    write_object(writer, outcome);
}

}  // namespace

std::string encode_payload(const Record& record) {
    CanonicalJsonWriter writer;
    write_object(writer, record);
    return writer.take();
}

}  // namespace segmentd
