#include "daemon/collect/tracking_api.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/json.hpp>
#include <utility>

#include "rules/signals/contract.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

using rules::Rejection;

namespace {

constexpr std::size_t longest_id = 500;
constexpr std::size_t longest_message_id = 100;
constexpr std::size_t most_traits = 300;

constexpr std::array<std::pair<std::string_view, std::string_view>, 14> calls = {{{"/v1/track", "track"},
                                                                                  {"/v1/identify", "identify"},
                                                                                  {"/v1/group", "group"},
                                                                                  {"/v1/page", "page"},
                                                                                  {"/v1/screen", "screen"},
                                                                                  {"/v1/alias", "alias"},
                                                                                  {"/v1/batch", "batch"},
                                                                                  {"/v1/t", "track"},
                                                                                  {"/v1/i", "identify"},
                                                                                  {"/v1/g", "group"},
                                                                                  {"/v1/p", "page"},
                                                                                  {"/v1/s", "screen"},
                                                                                  {"/v1/a", "alias"},
                                                                                  {"/v1/b", "batch"}}};

std::string text_member(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    if (value == nullptr) return {};
    if (value->is_string()) return std::string(value->get_string());
    return value->is_int64() ? std::to_string(value->get_int64()) : std::string();
}

const json::object& object_member(const json::object& object, std::string_view name) {
    static const json::object empty;
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_object() ? value->get_object() : empty;
}

std::optional<Timestamp> time_member(const json::object& object, std::string_view name) {
    const auto text = text_member(object, name);
    if (text.empty()) return std::nullopt;
    const auto instant = parse_timestamp(text);
    if (!instant) return std::nullopt;
    return *instant;
}

tl::unexpected<Rejection> reject(std::string reason, std::string detail) {
    return tl::unexpected(Rejection{std::move(reason), std::move(detail)});
}

std::map<std::string, bool> consent_of(const rules::Definitions& definitions, const json::object& event) {
    std::map<std::string, bool> consent;
    const auto& preferences =
        object_member(object_member(object_member(event, "context"), "consent"), "categoryPreferences");
    for (const auto& purpose : definitions.workspace.purposes) {
        const auto* answer = preferences.if_contains(purpose.id.text);
        if (answer != nullptr && answer->is_bool()) consent[purpose.id.text] = answer->get_bool();
    }
    return consent;
}

tl::expected<Payload, Rejection> signal_payload(const CollectContext& context, const std::string& event,
                                                const json::object& properties) {
    const auto* signal = rules::signal_of_event(*context.definitions, event);
    if (signal == nullptr) return reject("unknown_event", "no data contract for this event");
    auto attributes = rules::read_properties(*signal, properties, context.currency_digits);
    if (!attributes) return tl::unexpected(std::move(attributes).error());
    return Payload(SignalRecord{signal->id, std::move(*attributes)});
}

tl::expected<Payload, Rejection> payload_of(const CollectContext& context, std::string_view call,
                                            const json::object& event) {
    if (call == "track") {
        const auto name = text_member(event, "event");
        if (name.empty()) return reject("no_event", "a track call needs an event");
        return signal_payload(context, name, object_member(event, "properties"));
    }
    if (call == "identify") {
        const auto& traits = object_member(event, "traits");
        if (traits.size() > most_traits) return reject("too_many_traits", "more than 300 traits");
        auto attributes = rules::read_profile(context.definitions->workspace, traits, context.currency_digits);
        if (!attributes) return tl::unexpected(std::move(attributes).error());
        return Payload(ProfileRecord{std::move(*attributes)});
    }
    if (call == "page" || call == "screen") {
        return signal_payload(context, std::string(call), object_member(event, "properties"));
    }
    return reject("call_not_built", fmt::format("{} calls are not taken in", call));
}

tl::expected<Record, Rejection> read_event(const CollectContext& context, std::string_view call,
                                           const json::object& event, std::optional<Timestamp> sent_at) {
    auto customer = text_member(event, "userId");
    if (customer.empty()) customer = text_member(event, "anonymousId");
    if (customer.empty()) return reject("no_customer", "neither userId nor anonymousId");
    if (customer.size() > longest_id) return reject("id_too_long", "an id of more than 500 bytes");
    Record record;
    record.message_id = text_member(event, "messageId");
    if (record.message_id.size() > longest_message_id) return reject("message_id_too_long", "more than 100 characters");
    auto payload = payload_of(context, call, event);
    if (!payload) return tl::unexpected(std::move(payload).error());
    auto claimed = time_member(event, "timestamp");
    if (!claimed) claimed = time_member(event, "originalTimestamp");
    const auto event_sent_at = time_member(event, "sentAt");
    record.occurred_at = place_in_time(context, claimed, event_sent_at ? event_sent_at : sent_at);
    record.received_at = context.received_at;
    record.actor = context.actor;
    record.customer = CustomerId(std::move(customer));
    record.consent = consent_of(*context.definitions, event);
    record.payload = std::move(*payload);
    return record;
}

Reject make_reject(const CollectContext& context, Rejection rejection, const json::value& event) {
    return {context.received_at, "tracking", std::move(rejection.reason), std::move(rejection.detail),
            json::serialize(event)};
}

void take_event(const CollectContext& context, std::string_view call, const json::value& event,
                std::optional<Timestamp> sent_at, Collected& collected) {
    if (!event.is_object()) {
        collected.rejects.push_back(make_reject(context, {"not_an_object", "an event is a JSON object"}, event));
        return;
    }
    auto record = read_event(context, call, event.get_object(), sent_at);
    if (record)
        collected.records.push_back(std::move(*record));
    else
        collected.rejects.push_back(make_reject(context, std::move(record).error(), event));
}

}  // namespace

std::string_view tracking_call(std::string_view path) {
    for (const auto& [known, call] : calls) {
        if (path == known) return call;
    }
    return {};
}

Result<Collected> collect_tracking(const CollectContext& context, std::string_view call, std::string_view body,
                                   const TrackingLimits& limits) {
    const bool is_batch = call == "batch";
    if (body.size() > (is_batch ? limits.batch_bytes : limits.event_bytes)) {
        return fail(ErrorCode::limit, "the request is too large", "send at most 500 kB a batch and 32 kB an event");
    }
    boost::system::error_code error;
    const auto value = json::parse(body, error);
    if (error || !value.is_object()) return fail(ErrorCode::invalid, "the body is not a JSON object");
    const auto& envelope = value.get_object();
    const auto sent_at = time_member(envelope, "sentAt");
    Collected collected;
    if (!is_batch) {
        take_event(context, call, value, sent_at, collected);
        return collected;
    }
    const auto* batch = envelope.if_contains("batch");
    if (batch == nullptr || !batch->is_array()) return fail(ErrorCode::invalid, "the body has no batch");
    if (batch->get_array().size() > limits.batch_events) {
        return fail(ErrorCode::limit, "the batch has too many events", "send at most 2500");
    }
    const bool may_hold_large_event = body.size() > limits.event_bytes;
    for (const auto& event : batch->get_array()) {
        if (may_hold_large_event && json::serialize(event).size() > limits.event_bytes) {
            collected.rejects.push_back(
                make_reject(context, {"event_too_large", "an event of more than 32 kB"}, nullptr));
            continue;
        }
        const std::string type = event.is_object() ? text_member(event.get_object(), "type") : std::string();
        take_event(context, type, event, sent_at, collected);
    }
    return collected;
}

std::string body_write_key(std::string_view body) {
    boost::system::error_code error;
    const auto value = json::parse(body, error);
    return !error && value.is_object() ? text_member(value.get_object(), "writeKey") : std::string();
}

}  // namespace segmentd::daemon
