#include "daemon/engine/population/profile_columns.hpp"

#include <algorithm>

#include "rules/features/window_value.hpp"

namespace segmentd::daemon {

using rules::Column;
using rules::expression::Value;

namespace {

bool has_value(const Column& column, std::uint32_t customer) {
    return customer < column.rows() && column.is_present(customer);
}

// What the column keeps of an attribute: money as its count, so that every type comes back exactly.
Value kept_value(const Attribute& attribute) {
    switch (type_of(attribute)) {
        case AttributeType::text: return Value::string(std::get<std::string>(attribute));
        case AttributeType::number: return Value::real(std::get<double>(attribute));
        case AttributeType::integer: return Value::integer(std::get<std::int64_t>(attribute));
        case AttributeType::boolean: return Value::boolean(std::get<bool>(attribute));
        case AttributeType::money: return Value::integer(std::get<MinorUnits>(attribute).count);
        case AttributeType::time: return Value::integer(to_microseconds(std::get<Timestamp>(attribute)));
    }
    return {};
}

Attribute attribute_of(AttributeType type, const Value& kept) {
    switch (type) {
        case AttributeType::text: return std::string(kept.as_text());
        case AttributeType::number: return kept.as_real();
        case AttributeType::integer: return kept.as_integer();
        case AttributeType::boolean: return kept.as_boolean();
        case AttributeType::money: return MinorUnits{kept.as_integer()};
        case AttributeType::time: return from_microseconds(kept.as_integer());
    }
    return {};
}

}  // namespace

std::size_t ProfileColumns::number_of(std::string_view name) {
    const auto known = numbers_.find(name);
    if (known != numbers_.end()) return known->second;
    numbers_.emplace(name, columns_.size());
    columns_.emplace_back();
    return columns_.size() - 1;
}

void ProfileColumns::set(std::uint32_t customer, std::string_view name, const Attribute& value) {
    auto& columns = columns_[number_of(name)];
    const auto type = type_of(value);
    for (auto& [other, values] : columns) {
        if (other != type && has_value(values, customer)) values.set(customer, Value());
    }
    auto& values = column_of(columns, type).values;
    if (customer >= values.rows()) values.resize(customer + std::size_t{1});
    values.set(customer, kept_value(value));
}

Value ProfileColumns::value(std::size_t number, std::uint32_t customer, int currency_digits) const {
    const auto* column = find(columns_[number], customer);
    if (column == nullptr) return {};
    auto kept = column->values.at(customer);
    // Texts are shared, not copied.
    if (column->type == AttributeType::text) return kept;
    return rules::to_value(attribute_of(column->type, kept), currency_digits);
}

Attributes ProfileColumns::of(std::uint32_t customer) const {
    Attributes attributes;
    for (const auto& [name, number] : numbers_) {
        const auto* column = find(columns_[number], customer);
        if (column != nullptr) attributes.emplace(name, attribute_of(column->type, column->values.at(customer)));
    }
    return attributes;
}

const ProfileColumns::TypedColumn* ProfileColumns::find(const Columns& columns, std::uint32_t customer) {
    const auto found =
        std::ranges::find_if(columns, [&](const auto& column) { return has_value(column.values, customer); });
    return found == columns.end() ? nullptr : &*found;
}

ProfileColumns::TypedColumn& ProfileColumns::column_of(Columns& columns, AttributeType type) {
    const auto known = std::ranges::find(columns, type, &TypedColumn::type);
    return known == columns.end() ? columns.emplace_back(TypedColumn{type, {}}) : *known;
}

}  // namespace segmentd::daemon
