#include "daemon/collect/cloud_events.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cctype>

#include "rules/signals/contract.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

using rules::Rejection;

namespace {

constexpr std::size_t most_events = 2'500;

struct Event {
    std::string id, source, specversion, type, subject, time;
    json::object data;
};

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool is_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto first = static_cast<unsigned char>(text[i]);
        std::size_t more = 0;
        if (first < 0x80)
            more = 0;
        else if (first >= 0xC2 && first <= 0xDF)
            more = 1;
        else if (first >= 0xE0 && first <= 0xEF)
            more = 2;
        else if (first >= 0xF0 && first <= 0xF4)
            more = 3;
        else
            return false;
        if (i + more >= text.size()) return false;
        for (std::size_t k = 1; k <= more; ++k) {
            if ((static_cast<unsigned char>(text[i + k]) & 0xC0) != 0x80) return false;
        }
        const auto second = more > 0 ? static_cast<unsigned char>(text[i + 1]) : 0;
        const bool is_overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
        const bool is_outside = (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);
        if (is_overlong || is_outside) return false;
        i += more + 1;
    }
    return true;
}

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return result;
}

tl::unexpected<CloudEventsRefusal> refuse(std::string detail) {
    return tl::unexpected(CloudEventsRefusal{400, std::move(detail), {}});
}

std::string text_of(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

tl::expected<Event, CloudEventsRefusal> from_json(const json::value& value) {
    if (!value.is_object()) return refuse("an event is a JSON object");
    const auto& object = value.get_object();
    Event event{text_of(object, "id"),
                text_of(object, "source"),
                text_of(object, "specversion"),
                text_of(object, "type"),
                text_of(object, "subject"),
                text_of(object, "time"),
                {}};
    if (object.contains("data_base64")) return refuse("data_base64 is not taken in: data must be a JSON object");
    const auto* data = object.if_contains("data");
    if (data != nullptr && data->is_object())
        event.data = data->get_object();
    else if (data != nullptr && !data->is_null())
        return refuse("data must be a JSON object");
    return event;
}

tl::expected<Event, CloudEventsRefusal> from_headers(const HeaderLookup& header, std::string_view body) {
    Event event;
    for (auto [name, target] : {std::pair{"ce-id", &event.id},
                                {"ce-source", &event.source},
                                {"ce-specversion", &event.specversion},
                                {"ce-type", &event.type},
                                {"ce-subject", &event.subject},
                                {"ce-time", &event.time}}) {
        auto value = decode_header_value(header(name));
        if (!value) return refuse(fmt::format("header {} is not percent-encoded UTF-8", name));
        *target = std::move(*value);
    }
    if (body.empty()) return event;
    boost::system::error_code error;
    auto data = json::parse(body, error);
    if (error || !data.is_object()) return refuse("the body must be a JSON object");
    event.data = std::move(data.get_object());
    return event;
}

tl::expected<Record, Rejection> to_record(const CollectContext& context, const Event& event) {
    const auto* signal = rules::signal_of_event(*context.definitions, event.type);
    if (signal == nullptr) return tl::unexpected(Rejection{"unknown_event", "no data contract for this type"});
    auto attributes = rules::read_properties(*signal, event.data, context.currency_digits);
    if (!attributes) return tl::unexpected(std::move(attributes).error());
    std::optional<Timestamp> claimed;
    if (!event.time.empty()) {
        const auto instant = parse_timestamp(event.time);
        if (!instant) return tl::unexpected(Rejection{"bad_time", "time is not RFC 3339"});
        claimed = *instant;
    }
    Record record;
    record.occurred_at = place_in_time(context, claimed, std::nullopt);
    record.received_at = context.received_at;
    record.actor = context.actor;
    record.message_id = event.source + '\n' + event.id;
    record.customer = CustomerId(event.subject);
    record.payload = SignalRecord{signal->id, std::move(*attributes)};
    return record;
}

tl::expected<Record, CloudEventsRefusal> take(const CollectContext& context, const Event& event) {
    if (event.id.empty() || event.source.empty() || event.type.empty())
        return refuse("id, source and type are required");
    if (event.specversion != "1.0") return refuse("specversion must be 1.0");
    if (event.subject.empty()) return refuse("subject must name the customer");
    auto record = to_record(context, event);
    if (record) return std::move(*record);
    CloudEventsRefusal refusal{400, record.error().detail, {}};
    refusal.rejects.push_back(
        {context.received_at, "events", record.error().reason, record.error().detail, json::serialize(event.data)});
    return tl::unexpected(std::move(refusal));
}

}  // namespace

tl::expected<Collected, CloudEventsRefusal> collect_cloud_events(const CollectContext& context,
                                                                 const HeaderLookup& header, std::string_view body) {
    const auto type = lower(header("content-type"));
    std::vector<Event> events;
    const bool is_json = type.starts_with("application/cloudevents");
    boost::system::error_code error;
    const auto value = is_json ? json::parse(body, error) : json::value();
    if (error) return refuse("the body is not JSON");
    if (type.starts_with("application/cloudevents-batch")) {
        if (!value.is_array()) return refuse("a batch is a JSON array");
        if (value.get_array().size() > most_events) return refuse("a batch holds at most 2500 events");
        for (const auto& item : value.get_array()) {
            auto event = from_json(item);
            if (!event) return tl::unexpected(std::move(event).error());
            events.push_back(std::move(*event));
        }
    } else {
        auto event = is_json ? from_json(value) : from_headers(header, body);
        if (!event) return tl::unexpected(std::move(event).error());
        events.push_back(std::move(*event));
    }
    Collected collected;
    for (const auto& event : events) {
        auto record = take(context, event);
        if (!record) return tl::unexpected(std::move(record).error());
        collected.records.push_back(std::move(*record));
    }
    return collected;
}

std::optional<std::string> decode_header_value(std::string_view value) {
    std::string plain;
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
        for (std::size_t i = 1; i + 1 < value.size(); ++i) {
            if (value[i] == '\\' && i + 2 < value.size()) ++i;
            plain += value[i];
        }
    } else {
        plain = value;
    }
    std::string decoded;
    for (std::size_t i = 0; i < plain.size(); ++i) {
        if (plain[i] != '%') {
            decoded += plain[i];
            continue;
        }
        const int high = i + 2 < plain.size() ? hex_value(plain[i + 1]) : -1;
        const int low = i + 2 < plain.size() ? hex_value(plain[i + 2]) : -1;
        if (high < 0 || low < 0) return std::nullopt;
        decoded += static_cast<char>(high * 16 + low);
        i += 2;
    }
    if (!is_utf8(decoded)) return std::nullopt;
    return decoded;
}

}  // namespace segmentd::daemon
