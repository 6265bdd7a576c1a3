#include "daemon/collect/collected.hpp"

#include <algorithm>

#include "rules/expression/utf8.hpp"

namespace segmentd::daemon {
namespace {

// At most so many bytes; the bytes of one character are never parted.
std::string_view beginning_of(std::string_view text, std::size_t longest);

}  // namespace

Timestamp place_in_time(const CollectContext& context, std::optional<Timestamp> claimed,
                        std::optional<Timestamp> sent_at) {
    if (!claimed) return context.engine_now;
    const bool stands = context.own_clock && *claimed <= context.engine_now;
    if (stands || !sent_at) return std::min(*claimed, context.engine_now);
    return std::min<Timestamp>(context.engine_now - (*sent_at - *claimed), context.engine_now);
}

Reject make_reject(const CollectContext& context, std::string source, rules::Rejection rejection,
                   std::string_view payload) {
    return {context.received_at, std::move(source), std::move(rejection.reason), std::move(rejection.detail),
            as_utf8(std::string(beginning_of(payload, longest_kept_payload)))};
}

tl::unexpected<Refusal> refuse_request(const CollectContext& context, std::string source, rules::Rejection rejection,
                                       std::string_view payload) {
    Refusal refusal{400, rejection.detail, {}};
    refusal.rejects.push_back(make_reject(context, std::move(source), std::move(rejection), payload));
    return tl::unexpected(std::move(refusal));
}

rules::Rejection unreadable_body(std::string_view body, std::string detail) {
    if (!rules::expression::is_utf8(body)) return {"not_utf8", "the body is not UTF-8"};
    return {"not_json", std::move(detail)};
}

std::string shown_name(std::string_view name) {
    constexpr std::size_t longest = 60;
    auto line = as_utf8(std::string(beginning_of(name, longest)));
    std::ranges::replace_if(line, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
    return '\'' + line + (name.size() > longest ? "...'" : "'");
}

std::string as_utf8(std::string text) {
    const auto is_foreign = [](char c) { return static_cast<unsigned char>(c) >= 0x80; };
    if (!rules::expression::is_utf8(text)) std::ranges::replace_if(text, is_foreign, '?');
    return text;
}

namespace {

std::string_view beginning_of(std::string_view text, std::size_t longest) {
    std::size_t length = std::min(text.size(), longest);
    while (length > 0 && length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U) --length;
    return text.substr(0, length);
}

}  // namespace
}  // namespace segmentd::daemon
