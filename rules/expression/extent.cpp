#include "rules/expression/extent.hpp"

#include <algorithm>

namespace segmentd::rules::expression {
namespace {

Extent text_of(std::uint64_t weight);
Extent replaced(std::span<const Extent> arguments);

}  // namespace

std::uint64_t capped_sum(std::uint64_t left, std::uint64_t right) {
    std::uint64_t sum = 0;
    return __builtin_add_overflow(left, right, &sum) ? most_counted : std::min(sum, most_counted);
}

std::uint64_t capped_product(std::uint64_t left, std::uint64_t right) {
    std::uint64_t product = 0;
    return __builtin_mul_overflow(left, right, &product) ? most_counted : std::min(product, most_counted);
}

Extent extent_of(const Type& type, const Limits& limits) {
    const Extent text = text_of(1 + limits.text_bytes / bytes_a_weight);
    switch (type.kind) {
        case TypeKind::string:
        case TypeKind::bytes: return text;
        case TypeKind::dyn: return {text.weight, limits.elements, text.weight, limits.elements};
        case TypeKind::list: return repeated(extent_of(type.parameters[0], limits), limits.elements);
        case TypeKind::map: {
            const Extent key = extent_of(type.parameters[0], limits);
            return repeated(larger_of(key, extent_of(type.parameters[1], limits)), limits.elements);
        }
        case TypeKind::optional: return optional_of(extent_of(type.parameters[0], limits));
        default: return {};
    }
}

Extent extent_of(const Value& literal) {
    return text_of(literal.weight());
}

Extent element_of(const Extent& extent) {
    return {extent.element_weight, extent.element_elements, extent.element_weight, extent.element_elements};
}

Extent optional_of(const Extent& held) {
    return {capped_sum(1, held.weight), 1, held.weight, std::max(held.elements, held.element_elements)};
}

Extent larger_of(const Extent& left, const Extent& right) {
    return {std::max(left.weight, right.weight), std::max(left.elements, right.elements),
            std::max(left.element_weight, right.element_weight),
            std::max(left.element_elements, right.element_elements)};
}

Extent sum_of(const Extent& left, const Extent& right) {
    Extent sum = larger_of(left, right);
    sum.weight = capped_sum(left.weight, right.weight);
    sum.elements = capped_sum(left.elements, right.elements);
    return sum;
}

Extent collection_of(std::span<const Extent> parts, std::uint64_t count) {
    Extent whole{1, count, 1, 0};
    for (const Extent& part : parts) {
        whole.weight = capped_sum(whole.weight, part.weight);
        whole.element_weight = std::max(whole.element_weight, part.weight);
        whole.element_elements = std::max({whole.element_elements, part.elements, part.element_elements});
    }
    return whole;
}

Extent repeated(const Extent& element, std::uint64_t count) {
    return {capped_sum(1, capped_product(2 * element.weight, count)), count, element.weight,
            std::max(element.elements, element.element_elements)};
}

Extent result_extent(Function function, std::span<const Extent> arguments) {
    constexpr std::uint64_t number_text = 52;  // "%.100f" of the largest double has 410 bytes
    constexpr std::uint64_t short_text = 8;    // numbers, instants and durations by string()
    switch (function) {
        case Function::to_dyn:
        case Function::to_bytes:
        case Function::char_at:
        case Function::lower_ascii:
        case Function::reverse:
        case Function::substring:
        case Function::trim:
        case Function::upper_ascii: return arguments[0];
        case Function::to_string: return text_of(capped_sum(short_text, arguments[0].weight));
        case Function::quote: return text_of(capped_product(2, arguments[0].weight));
        case Function::format:
            return text_of(capped_sum(arguments[0].weight, capped_product(number_text, arguments[1].weight)));
        case Function::join_list: {
            const std::uint64_t separator = arguments.size() > 1 ? arguments[1].weight : 0;
            return text_of(capped_sum(arguments[0].weight, capped_product(arguments[0].elements, separator)));
        }
        case Function::replace: return replaced(arguments);
        case Function::split: {
            const std::uint64_t parts = capped_sum(2, capped_product(bytes_a_weight, arguments[0].weight));
            return {capped_sum(1, capped_sum(parts, arguments[0].weight)), parts, arguments[0].weight, 0};
        }
        case Function::greatest:
        case Function::least: return larger_of(arguments[0], element_of(arguments[0]));
        case Function::optional_of:
        case Function::optional_of_non_zero: return optional_of(arguments[0]);
        case Function::optional_or: return larger_of(arguments[0], arguments[1]);
        case Function::optional_or_value: return larger_of(element_of(arguments[0]), arguments[1]);
        case Function::optional_value: return element_of(arguments[0]);
        default: return {};
    }
}

namespace {

Extent text_of(std::uint64_t weight) {
    return {weight, 0, 1, 0};
}

// In the worst case every byte becomes the new text.
Extent replaced(std::span<const Extent> arguments) {
    const std::uint64_t places = capped_sum(1, capped_product(bytes_a_weight, arguments[0].weight));
    return text_of(capped_sum(arguments[0].weight, capped_product(places, arguments[2].weight)));
}

}  // namespace

}  // namespace segmentd::rules::expression
