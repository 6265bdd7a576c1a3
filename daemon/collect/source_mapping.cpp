#include "daemon/collect/source_mapping.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/sha256.hpp"
#include "daemon/collect/collected.hpp"
#include "rules/expression/instant_text.hpp"
#include "rules/expression/utf8.hpp"
#include "rules/expression/value_text.hpp"

namespace segmentd::daemon {

using rules::Rejection;
using rules::expression::Kind;
using rules::expression::Program;
using rules::expression::Value;

namespace {

tl::unexpected<Rejection> reject(std::string reason, std::string detail) {
    return tl::unexpected(Rejection{std::move(reason), std::move(detail)});
}

// The text a mapping gives for a field; an error of the expression reads as a rejection.
tl::expected<std::string, Rejection> text_of(const Program& program, const std::vector<Value>& row) {
    const auto outcome = rules::expression::evaluate(program, row);
    if (!outcome)
        return reject("mapping_failed", fmt::format("the expression {} fails on this row", shown_name(program.text())));
    if (outcome->kind() == Kind::string) return std::string(outcome->as_text());
    if (outcome->kind() == Kind::null) return std::string();
    if (outcome->kind() == Kind::timestamp) return rules::expression::instant_text(outcome->as_instant());
    return rules::expression::to_json_text(*outcome);
}

bool applies(const rules::Programs& conditions, const std::vector<Value>& row) {
    return std::ranges::all_of(conditions, [&](const Program& condition) {
        return rules::expression::decide(condition, row) == rules::expression::Truth::yes;
    });
}

// What an emission makes: "signal purchase".
std::string title_of(const rules::SourceEmission& emission) {
    if (emission.assignment) return "assignment " + emission.assignment->id.text;
    if (!emission.account.empty()) return "account";
    return emission.profile ? "profile" : "signal " + emission.signal->id.text;
}

}  // namespace

struct SourceMapping::RowContext {
    std::vector<Value> row;
    std::string customer;
    std::string message_id;
    Timestamp received_at{};
};

SourceMapping::SourceMapping(const rules::Rulebook& book, std::size_t source)
    : book_(book), definition_(book.definitions.sources[source]), compiled_(book.sources[source]) {}

Result<void> SourceMapping::take_header(const std::vector<std::string>& header) {
    positions_.clear();
    occurrences_.clear();
    std::string absent;
    for (const auto& column : definition_.columns) {
        const auto found = std::ranges::find(header, column);
        if (found == header.end()) absent += (absent.empty() ? "" : ", ") + column;
        positions_.push_back(static_cast<std::size_t>(found - header.begin()));
    }
    if (absent.empty()) return {};
    return fail(ErrorCode::invalid, fmt::format("source {}: the file has no column {}", definition_.id.text, absent),
                "name the columns as the file's first line does");
}

MappedRow SourceMapping::map(const std::vector<std::string>& cells, std::uint64_t row_number, Timestamp received_at) {
    MappedRow result;
    RowContext context;
    context.received_at = received_at;
    Sha256Stream content;
    bool is_utf8 = true;
    for (const auto position : positions_) {
        const std::string cell = position < cells.size() ? cells[position] : std::string();
        content.add_number(cell.size());
        content.add(cell);
        is_utf8 = is_utf8 && rules::expression::is_utf8(cell);
        context.row.push_back(Value::string(cell));
    }
    const auto digest = content.finish();
    const auto text = to_hex(std::span(digest).first<16>());
    context.message_id = fmt::format("{}:{}:{}", definition_.id.text, text, ++occurrences_[text]);
    const auto refuse_row = [&](std::string reason, std::string_view what) {
        result.rejections.push_back({std::move(reason), fmt::format("row {}: {}", row_number, what)});
        return result;
    };
    if (!is_utf8) return refuse_row("not_utf8", "a cell is not UTF-8");
    auto customer = text_of(compiled_.customer, context.row);
    if (!customer || customer->empty()) return refuse_row("no_customer", "it names no customer");
    context.customer = std::move(*customer);
    for (std::size_t i = 0; i < compiled_.emit.size(); ++i) {
        if (applies(compiled_.emit[i].when, context.row)) emit(i, context, result);
    }
    for (auto& rejection : result.rejections)
        rejection.detail = fmt::format("row {}: {}", row_number, rejection.detail);
    return result;
}

void SourceMapping::emit(std::size_t index, const RowContext& context, MappedRow& row) const {
    const auto refuse = [&](Rejection rejection) {
        rejection.detail = fmt::format("{}: {}", title_of(definition_.emit[index]), rejection.detail);
        row.rejections.push_back(std::move(rejection));
    };
    auto record = begin(index, context);
    if (!record) return refuse(std::move(record).error());
    auto content = payload(index, context);
    if (content) {
        record->payload = std::move(*content);
        return row.records.push_back(std::move(*record));
    }
    refuse(std::move(content).error());
    const bool takes_consent_back =
        std::ranges::any_of(record->consent, [](const auto& given) { return !given.second; });
    if (!takes_consent_back) return;
    record->message_id += ":consent";
    row.records.push_back(std::move(*record));
}

// What an emission's record is without its content: who, when, and what they consented to.
tl::expected<Record, Rejection> SourceMapping::begin(std::size_t index, const RowContext& context) const {
    const auto& own_time = compiled_.emit[index].occurred_at;
    auto when = text_of(own_time ? *own_time : compiled_.occurred_at, context.row);
    if (!when) return tl::unexpected(std::move(when).error());
    const auto occurred_at = book_.definitions.workspace.calendar.parse_timestamp(*when);
    if (!occurred_at) return reject("bad_time", "occurred_at is not a time");
    Record record;
    record.occurred_at = *occurred_at;
    record.received_at = context.received_at;
    record.actor = "source:" + definition_.id.text;
    record.historical = true;
    record.message_id = fmt::format("{}:{}", context.message_id, index);
    record.customer = CustomerId(context.customer);
    record.consent = definition_.emit[index].consent;
    record.payload = ConsentRecord{};
    return record;
}

tl::expected<Payload, Rejection> SourceMapping::payload(std::size_t index, const RowContext& context) const {
    const auto& definition = definition_.emit[index];
    const auto& compiled = compiled_.emit[index];
    if (definition.assignment) {
        auto arm = text_of(*compiled.arm, context.row);
        if (!arm) return tl::unexpected(std::move(arm).error());
        const auto* pilot = rules::find(book_.definitions.pilots, definition.assignment->id);
        const bool is_known = std::ranges::count(pilot->arms, *arm, &rules::ArmDefinition::name) > 0;
        if (!is_known) return reject("unknown_arm", fmt::format("pilot {} has no such arm", pilot->id.text));
        return Payload(AssignmentRecord{pilot->id, *arm});
    }
    std::map<std::string, std::string> texts;
    for (const auto& [name, program] : compiled.values) {
        auto text = text_of(program, context.row);
        if (!text) return tl::unexpected(std::move(text).error());
        texts.emplace(name, std::move(*text));
    }
    if (compiled.account) {
        auto account = text_of(*compiled.account, context.row);
        if (!account) return tl::unexpected(std::move(account).error());
        if (account->empty()) return reject("no_group", "it names no account");
        auto attributes = rules::read_profile(*book_.definitions.workspace.account_profile, texts, book_.money_digits);
        if (!attributes) return tl::unexpected(std::move(attributes).error());
        return Payload(GroupRecord{std::move(*account), std::move(*attributes)});
    }
    if (definition.profile) {
        auto attributes = rules::read_profile(book_.definitions.workspace.profile, texts, book_.money_digits);
        if (!attributes) return tl::unexpected(std::move(attributes).error());
        return Payload(ProfileRecord{std::move(*attributes)});
    }
    const auto* signal = rules::find(book_.definitions.signals, definition.signal->id);
    auto properties = rules::read_properties(*signal, texts, book_.money_digits);
    if (!properties) return tl::unexpected(std::move(properties).error());
    return Payload(SignalRecord{signal->id, std::move(*properties)});
}

}  // namespace segmentd::daemon
