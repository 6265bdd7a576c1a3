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

// For the clocks of senders, which only correct other times: what cannot be read counts as absent.
std::optional<Timestamp> sending_time(const json::object& object) {
    const auto instant = parse_timestamp(text_member(object, "sentAt"));
    return instant ? std::optional(*instant) : std::nullopt;
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
    if (signal == nullptr) return reject("unknown_event", "no data contract names it");
    auto attributes = rules::read_properties(*signal, properties, context.currency_digits);
    if (!attributes) return tl::unexpected(std::move(attributes).error());
    return Payload(SignalRecord{signal->id, std::move(*attributes)});
}

tl::expected<Payload, Rejection> group_payload(const CollectContext& context, const json::object& event) {
    const auto& declared = context.definitions->workspace.account_profile;
    if (!declared) return reject("no_accounts", "the workspace has no account_profile, so it knows no accounts");
    auto account = text_member(event, "groupId");
    if (account.empty()) return reject("no_group", "a group call needs a groupId");
    if (account.size() > longest_id) return reject("id_too_long", "an id of more than 500 bytes");
    const auto& traits = object_member(event, "traits");
    if (traits.size() > most_traits) return reject("too_many_traits", "more than 300 traits");
    auto attributes = rules::read_profile(*declared, traits, context.currency_digits);
    if (!attributes) return tl::unexpected(std::move(attributes).error());
    return Payload(GroupRecord{std::move(account), std::move(*attributes)});
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
        auto attributes = rules::read_profile(context.definitions->workspace.profile, traits, context.currency_digits);
        if (!attributes) return tl::unexpected(std::move(attributes).error());
        return Payload(ProfileRecord{std::move(*attributes)});
    }
    if (call == "group") return group_payload(context, event);
    if (call == "page" || call == "screen") {
        return signal_payload(context, std::string(call), object_member(event, "properties"));
    }
    return reject("call_not_built", "calls of this kind are not taken in");
}

// One event of a request, before it is read.
struct Event {
    std::string call;
    const json::object& members;
    std::optional<Timestamp> request_sent_at;
};

// "event 'Order Completed'", or "call 'identify'".
std::string title_of(const Event& event) {
    const auto name = event.call == "track" ? text_member(event.members, "event") : std::string();
    return name.empty() ? "call " + shown_name(event.call) : "event " + shown_name(name);
}

// Nothing where the member is absent or null.
tl::expected<std::optional<Timestamp>, Rejection> claimed_time(const json::object& event, std::string_view name) {
    const auto* value = event.if_contains(name);
    if (value == nullptr || value->is_null()) return std::nullopt;
    const auto instant = parse_timestamp(text_member(event, name));
    if (!instant) return reject("bad_time", fmt::format("{} is not RFC 3339", name));
    return *instant;
}

// The customer and what they said about consent: this stands even where the rest is refused.
tl::expected<Record, Rejection> read_sender(const CollectContext& context, const json::object& event) {
    auto customer = text_member(event, "userId");
    if (customer.empty()) customer = text_member(event, "anonymousId");
    if (customer.empty()) return reject("no_customer", "neither userId nor anonymousId");
    if (customer.size() > longest_id) return reject("id_too_long", "an id of more than 500 bytes");
    Record record;
    record.occurred_at = context.engine_now;
    record.received_at = context.received_at;
    record.actor = context.actor;
    record.customer = CustomerId(std::move(customer));
    const auto message = text_member(event, "messageId");
    const bool has_message_id = !message.empty() && message.size() <= longest_message_id;
    if (has_message_id) record.message_id = "consent\n" + message;
    record.consent = consent_of(*context.definitions, event);
    record.payload = ConsentRecord{};
    return record;
}

// What the event says beside that, on the record of its sender.
tl::expected<Record, Rejection> read_content(const CollectContext& context, const Event& event, Record record) {
    record.message_id = text_member(event.members, "messageId");
    if (record.message_id.size() > longest_message_id) return reject("message_id_too_long", "more than 100 characters");
    auto payload = payload_of(context, event.call, event.members);
    if (!payload) return tl::unexpected(std::move(payload).error());
    auto claimed = claimed_time(event.members, "timestamp");
    if (claimed && !*claimed) claimed = claimed_time(event.members, "originalTimestamp");
    if (!claimed) return tl::unexpected(std::move(claimed).error());
    const auto own_sent_at = sending_time(event.members);
    record.occurred_at = place_in_time(context, *claimed, own_sent_at ? own_sent_at : event.request_sent_at);
    record.payload = std::move(*payload);
    return record;
}

void take_event(const CollectContext& context, const Event& event, Collected& collected) {
    const auto keep = [&](Rejection rejection) {
        rejection.detail = fmt::format("{}: {}", title_of(event), rejection.detail);
        collected.rejects.push_back(
            make_reject(context, "tracking", std::move(rejection), json::serialize(event.members)));
    };
    auto sender = read_sender(context, event.members);
    if (!sender) return keep(std::move(sender).error());
    auto record = read_content(context, event, *sender);
    if (record) return collected.records.push_back(std::move(*record));
    keep(std::move(record).error());
    if (!sender->consent.empty()) collected.records.push_back(std::move(*sender));
}

void take_item(const CollectContext& context, const json::value& item, std::optional<Timestamp> sent_at,
               Collected& collected) {
    if (!item.is_object()) {
        collected.rejects.push_back(
            make_reject(context, "tracking", {"not_an_object", "an event is a JSON object"}, json::serialize(item)));
        return;
    }
    const auto type = text_member(item.get_object(), "type");
    take_event(context, {type, item.get_object(), sent_at}, collected);
}

}  // namespace

std::string_view tracking_call(std::string_view path) {
    for (const auto& [known, call] : calls) {
        if (path == known) return call;
    }
    return {};
}

tl::expected<Collected, Refusal> collect_tracking(const CollectContext& context, std::string_view call,
                                                  std::string_view body, const TrackingLimits& limits) {
    const auto refuse = [&](std::string reason, std::string detail) {
        return refuse_request(context, "tracking", {std::move(reason), std::move(detail)}, body);
    };
    const bool is_batch = call == "batch";
    if (body.size() > (is_batch ? limits.batch_bytes : limits.event_bytes)) {
        return refuse("request_too_large",
                      fmt::format("the request is too large; send at most {} bytes a batch and {} an event",
                                  limits.batch_bytes, limits.event_bytes));
    }
    boost::system::error_code error;
    const auto value = json::parse(body, error);
    if (error || !value.is_object()) {
        return refuse_request(context, "tracking", unreadable_body(body, "the body is not a JSON object"), body);
    }
    const auto& envelope = value.get_object();
    const auto sent_at = sending_time(envelope);
    Collected collected;
    if (!is_batch) {
        take_event(context, {std::string(call), envelope, sent_at}, collected);
        return collected;
    }
    const auto* batch = envelope.if_contains("batch");
    if (batch == nullptr || !batch->is_array()) return refuse("no_batch", "the body has no batch");
    if (batch->get_array().size() > limits.batch_events) {
        return refuse("too_many_events",
                      fmt::format("the batch has too many events; send at most {}", limits.batch_events));
    }
    const bool may_hold_large_event = body.size() > limits.event_bytes;
    for (const auto& item : batch->get_array()) {
        const auto text = may_hold_large_event ? json::serialize(item) : std::string();
        if (text.size() > limits.event_bytes) {
            collected.rejects.push_back(make_reject(
                context, "tracking",
                {"event_too_large", fmt::format("an event of more than {} bytes", limits.event_bytes)}, text));
        } else {
            take_item(context, item, sent_at, collected);
        }
    }
    return collected;
}

std::string body_write_key(std::string_view body) {
    boost::system::error_code error;
    const auto value = json::parse(body, error);
    return !error && value.is_object() ? text_member(value.get_object(), "writeKey") : std::string();
}

}  // namespace segmentd::daemon
