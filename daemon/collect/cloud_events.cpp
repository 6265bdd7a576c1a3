#include "daemon/collect/cloud_events.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cctype>

#include "rules/expression/utf8.hpp"
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

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return result;
}

tl::unexpected<Rejection> reject(std::string reason, std::string detail) {
    return tl::unexpected(Rejection{std::move(reason), std::move(detail)});
}

std::string text_of(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

tl::expected<Event, Rejection> from_json(const json::value& value) {
    if (!value.is_object()) return reject("not_an_object", "an event is a JSON object");
    const auto& object = value.get_object();
    Event event{text_of(object, "id"),
                text_of(object, "source"),
                text_of(object, "specversion"),
                text_of(object, "type"),
                text_of(object, "subject"),
                text_of(object, "time"),
                {}};
    if (object.contains("data_base64"))
        return reject("bad_data", "data_base64 is not taken in: data must be a JSON object");
    const auto* data = object.if_contains("data");
    if (data != nullptr && data->is_object())
        event.data = data->get_object();
    else if (data != nullptr && !data->is_null())
        return reject("bad_data", "data must be a JSON object");
    return event;
}

tl::expected<Event, Rejection> from_headers(const HeaderLookup& header, std::string_view body) {
    Event event;
    for (auto [name, target] : {std::pair{"ce-id", &event.id},
                                {"ce-source", &event.source},
                                {"ce-specversion", &event.specversion},
                                {"ce-type", &event.type},
                                {"ce-subject", &event.subject},
                                {"ce-time", &event.time}}) {
        auto value = decode_header_value(header(name));
        if (!value) return reject("bad_header", fmt::format("header {} is not percent-encoded UTF-8", name));
        *target = std::move(*value);
    }
    if (body.empty()) return event;
    boost::system::error_code error;
    auto data = json::parse(body, error);
    if (error || !data.is_object()) return tl::unexpected(unreadable_body(body, "the body must be a JSON object"));
    event.data = std::move(data.get_object());
    return event;
}

tl::expected<Record, Rejection> to_record(const CollectContext& context, const Event& event) {
    if (event.id.empty() || event.source.empty() || event.type.empty())
        return reject("missing_attribute", "id, source and type are required");
    if (event.specversion != "1.0") return reject("wrong_specversion", "specversion must be 1.0");
    if (event.subject.empty()) return reject("no_customer", "subject must name the customer");
    const auto* signal = rules::signal_of_event(*context.definitions, event.type);
    if (signal == nullptr) return reject("unknown_event", "no data contract names this type");
    auto attributes = rules::read_properties(*signal, event.data, context.currency_digits);
    if (!attributes) return tl::unexpected(std::move(attributes).error());
    std::optional<Timestamp> claimed;
    if (!event.time.empty()) {
        const auto instant = parse_timestamp(event.time);
        if (!instant) return reject("bad_time", "time is not RFC 3339");
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

// The record of an event that was read, with the event's name in front of what is wrong.
tl::expected<Record, Rejection> take(const CollectContext& context, tl::expected<Event, Rejection> event) {
    if (!event) return tl::unexpected(std::move(event).error());
    auto record = to_record(context, *event);
    if (!record && !event->type.empty()) {
        record.error().detail = fmt::format("type {}: {}", shown_name(event->type), record.error().detail);
    }
    return record;
}

// What a binary event was: its attributes and the text of its data.
std::string binary_text(const HeaderLookup& header, std::string_view body) {
    json::object kept;
    for (const char* name : {"ce-id", "ce-source", "ce-specversion", "ce-type", "ce-subject", "ce-time"}) {
        kept[name] = header(name);
    }
    kept["body"] = body;
    return json::serialize(kept);
}

}  // namespace

tl::expected<Collected, Refusal> collect_cloud_events(const CollectContext& context, const HeaderLookup& header,
                                                      std::string_view body) {
    const auto refuse = [&](Rejection rejection, std::string_view payload) {
        return refuse_request(context, "events", std::move(rejection), payload);
    };
    const auto type = lower(header("content-type"));
    Collected collected;
    if (!type.starts_with("application/cloudevents")) {
        auto record = take(context, from_headers(header, body));
        if (!record) return refuse(std::move(record).error(), binary_text(header, body));
        collected.records.push_back(std::move(*record));
        return collected;
    }
    boost::system::error_code error;
    auto value = json::parse(body, error);
    if (error) return refuse(unreadable_body(body, "the body is not JSON"), body);
    const bool is_batch = type.starts_with("application/cloudevents-batch");
    if (is_batch && !value.is_array()) return refuse({"no_batch", "a batch is a JSON array"}, body);
    const json::array events = is_batch ? std::move(value.get_array()) : json::array{std::move(value)};
    if (events.size() > most_events) return refuse({"too_many_events", "a batch holds at most 2500 events"}, body);
    for (const auto& event : events) {
        auto record = take(context, from_json(event));
        if (!record) return refuse(std::move(record).error(), json::serialize(event));
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
    if (!rules::expression::is_utf8(decoded)) return std::nullopt;
    return decoded;
}

}  // namespace segmentd::daemon
