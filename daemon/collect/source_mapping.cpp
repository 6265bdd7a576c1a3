#include "daemon/collect/source_mapping.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/sha256.hpp"
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
        return reject("mapping_failed", fmt::format("'{}': {}", program.text().substr(0, 60), outcome.error().message));
    if (outcome->kind() == Kind::string) return std::string(outcome->as_text());
    if (outcome->kind() == Kind::null) return std::string();
    return rules::expression::to_json_text(*outcome);
}

bool applies(const rules::Programs& conditions, const std::vector<Value>& row) {
    return std::ranges::all_of(conditions, [&](const Program& condition) {
        return rules::expression::decide(condition, row) == rules::expression::Truth::yes;
    });
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

MappedRow SourceMapping::map(const std::vector<std::string>& cells, std::uint64_t row_number,
                             Timestamp received_at) const {
    MappedRow result;
    RowContext context;
    context.received_at = received_at;
    Sha256Stream content;
    for (const auto position : positions_) {
        const std::string cell = position < cells.size() ? cells[position] : std::string();
        content.add_number(cell.size());
        content.add(cell);
        context.row.push_back(Value::string(cell));
    }
    const auto digest = content.finish();
    context.message_id = fmt::format("{}:{}:{}", definition_.id.text, row_number, to_hex(std::span(digest).first<8>()));
    auto customer = text_of(compiled_.customer, context.row);
    if (!customer || customer->empty()) {
        result.rejections.push_back({"no_customer", fmt::format("row {} names no customer", row_number)});
        return result;
    }
    context.customer = std::move(*customer);
    for (std::size_t i = 0; i < compiled_.emit.size(); ++i) {
        if (!applies(compiled_.emit[i].when, context.row)) continue;
        auto record = emit(i, context);
        if (record) {
            result.records.push_back(std::move(*record));
        } else {
            record.error().detail = fmt::format("row {}: {}", row_number, record.error().detail);
            result.rejections.push_back(std::move(record).error());
        }
    }
    return result;
}

tl::expected<Record, Rejection> SourceMapping::emit(std::size_t index, const RowContext& context) const {
    const auto& compiled = compiled_.emit[index];
    auto when = text_of(compiled.occurred_at ? *compiled.occurred_at : compiled_.occurred_at, context.row);
    if (!when) return tl::unexpected(std::move(when).error());
    const auto occurred_at = parse_timestamp(*when);
    if (!occurred_at) return reject("bad_time", fmt::format("'{}' is not a time", when->substr(0, 40)));
    auto content = payload(index, context);
    if (!content) return tl::unexpected(std::move(content).error());
    Record record;
    record.occurred_at = *occurred_at;
    record.received_at = context.received_at;
    record.actor = "source:" + definition_.id.text;
    record.historical = true;
    record.message_id = fmt::format("{}:{}", context.message_id, index);
    record.customer = CustomerId(context.customer);
    record.consent = definition_.emit[index].consent;
    record.payload = std::move(*content);
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
        if (!is_known) return reject("unknown_arm", fmt::format("pilot {} has no arm '{}'", pilot->id.text, *arm));
        return Payload(AssignmentRecord{pilot->id, *arm});
    }
    std::map<std::string, std::string> texts;
    for (const auto& [name, program] : compiled.values) {
        auto text = text_of(program, context.row);
        if (!text) return tl::unexpected(std::move(text).error());
        texts.emplace(name, std::move(*text));
    }
    if (definition.profile) {
        auto attributes = rules::read_profile(book_.definitions.workspace, texts, book_.money_digits);
        if (!attributes) return tl::unexpected(std::move(attributes).error());
        return Payload(ProfileRecord{std::move(*attributes)});
    }
    const auto* signal = rules::find(book_.definitions.signals, definition.signal->id);
    auto properties = rules::read_properties(*signal, texts, book_.money_digits);
    if (!properties) return tl::unexpected(std::move(properties).error());
    return Payload(SignalRecord{signal->id, std::move(*properties)});
}

}  // namespace segmentd::daemon
