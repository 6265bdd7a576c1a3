#include "rules/signals/contract.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <functional>
#include <optional>

#include "base/money.hpp"

namespace segmentd::rules {

namespace json = boost::json;

namespace {

using Maybe = tl::expected<std::optional<Attribute>, Rejection>;

tl::unexpected<Rejection> reject(std::string reason, std::string detail) {
    return tl::unexpected(Rejection{std::move(reason), std::move(detail)});
}

tl::unexpected<Rejection> wrong_type(std::string_view name, AttributeType wanted) {
    return reject("wrong_type", fmt::format("property {} must be {}", name, to_word(wanted)));
}

Maybe from_text(std::string_view name, std::string_view text, AttributeType type, int digits) {
    auto attribute = parse_attribute(text, type, digits);
    if (!attribute) return wrong_type(name, type);
    return std::optional<Attribute>(std::move(*attribute));
}

Maybe from_number(std::string_view name, double number, AttributeType type, int digits) {
    if (type == AttributeType::number && std::isfinite(number)) return std::optional<Attribute>(number);
    if (type == AttributeType::money) {
        if (const auto minor_units = to_minor_units(number, digits))
            return std::optional<Attribute>(MinorUnits{*minor_units});
    }
    const bool is_whole =
        std::abs(number) < 9.0e15 && std::nearbyint(number) >= number && std::nearbyint(number) <= number;
    if (type == AttributeType::integer && is_whole) return std::optional<Attribute>(static_cast<std::int64_t>(number));
    return wrong_type(name, type);
}

Maybe from_json(std::string_view name, const json::value& value, AttributeType type, int digits) {
    if (value.is_null()) return std::nullopt;
    if (value.is_string()) return from_text(name, value.get_string(), type, digits);
    if (value.is_bool() && type == AttributeType::boolean) return std::optional<Attribute>(value.get_bool());
    if (value.is_int64() && type == AttributeType::integer) return std::optional<Attribute>(value.get_int64());
    if (value.is_number()) return from_number(name, value.to_number<double>(), type, digits);
    return wrong_type(name, type);
}

// The value at a path such as "cart.total"; null where some step is absent.
const json::value* at_path(const json::object& object, std::string_view path) {
    if (const auto* direct = object.if_contains(path)) return direct;
    const auto dot = path.find('.');
    if (dot == std::string_view::npos) return nullptr;
    const auto* inner = object.if_contains(path.substr(0, dot));
    return inner != nullptr && inner->is_object() ? at_path(inner->get_object(), path.substr(dot + 1)) : nullptr;
}

std::optional<Rejection> out_of_range(const PropertyContract& property, const Attribute& attribute, int digits) {
    std::optional<double> number;
    if (const auto* real = std::get_if<double>(&attribute)) number = *real;
    if (const auto* integer = std::get_if<std::int64_t>(&attribute)) number = static_cast<double>(*integer);
    if (const auto* money = std::get_if<MinorUnits>(&attribute)) number = to_major_units(money->count, digits);
    if (number && property.at_least && *number < *property.at_least) {
        return Rejection{"out_of_range",
                         fmt::format("property {} must be at least {}", property.name, *property.at_least)};
    }
    if (number && property.at_most && *number > *property.at_most) {
        return Rejection{"out_of_range",
                         fmt::format("property {} must be at most {}", property.name, *property.at_most)};
    }
    const auto* text = std::get_if<std::string>(&attribute);
    if (text != nullptr && !property.one_of.empty() && std::ranges::count(property.one_of, *text) == 0) {
        return Rejection{"not_allowed",
                         fmt::format("property {} must be one of {}", property.name, fmt::join(property.one_of, ", "))};
    }
    return std::nullopt;
}

using PropertyReader = std::function<Maybe(const PropertyContract&)>;

tl::expected<Attributes, Rejection> read_contract(const SignalDefinition& signal, const PropertyReader& read,
                                                  int digits) {
    Attributes attributes;
    for (const auto& property : signal.properties) {
        auto attribute = read(property);
        if (!attribute) return tl::unexpected(std::move(attribute).error());
        if (!*attribute) {
            if (!property.required) continue;
            return reject("missing_property",
                          fmt::format("property {} of signal {} is missing", property.name, signal.id.text));
        }
        if (auto rejection = out_of_range(property, **attribute, digits)) return tl::unexpected(std::move(*rejection));
        attributes.emplace(property.name, std::move(**attribute));
    }
    return attributes;
}

using TraitReader = std::function<Maybe(const std::string& name, AttributeType type)>;

tl::expected<Attributes, Rejection> read_traits(const AttributeTypes& declared, const TraitReader& read) {
    Attributes attributes;
    for (const auto& [name, type] : declared) {
        auto attribute = read(name, type);
        if (!attribute) return tl::unexpected(std::move(attribute).error());
        if (*attribute) attributes.emplace(name, std::move(**attribute));
    }
    return attributes;
}

}  // namespace

const SignalDefinition* signal_of_event(const Definitions& definitions, std::string_view event) {
    for (const auto& signal : definitions.signals) {
        if (signal.id.text == event || std::ranges::count(signal.events, event) > 0) return &signal;
    }
    return nullptr;
}

tl::expected<Attributes, Rejection> read_properties(const SignalDefinition& signal, const json::object& properties,
                                                    int currency_digits) {
    const auto read = [&](const PropertyContract& property) -> Maybe {
        const auto* value = property.path.empty() ? nullptr : at_path(properties, property.path);
        if (value == nullptr) value = properties.if_contains(property.name);
        return value == nullptr ? Maybe(std::nullopt)
                                : from_json(property.name, *value, property.type, currency_digits);
    };
    return read_contract(signal, read, currency_digits);
}

tl::expected<Attributes, Rejection> read_profile(const AttributeTypes& declared, const json::object& traits,
                                                 int currency_digits) {
    return read_traits(declared, [&](const std::string& name, AttributeType type) -> Maybe {
        const auto* value = traits.if_contains(name);
        return value == nullptr ? Maybe(std::nullopt) : from_json(name, *value, type, currency_digits);
    });
}

tl::expected<Attributes, Rejection> read_properties(const SignalDefinition& signal,
                                                    const std::map<std::string, std::string>& texts,
                                                    int currency_digits) {
    const auto read = [&](const PropertyContract& property) -> Maybe {
        const auto found = texts.find(property.name);
        if (found == texts.end() || found->second.empty()) return std::nullopt;
        return from_text(property.name, found->second, property.type, currency_digits);
    };
    return read_contract(signal, read, currency_digits);
}

tl::expected<Attributes, Rejection> read_profile(const AttributeTypes& declared,
                                                 const std::map<std::string, std::string>& texts, int currency_digits) {
    return read_traits(declared, [&](const std::string& name, AttributeType type) -> Maybe {
        const auto found = texts.find(name);
        if (found == texts.end() || found->second.empty()) return std::nullopt;
        return from_text(name, found->second, type, currency_digits);
    });
}

}  // namespace segmentd::rules
