#include "rules/rulebook/sample_values.hpp"

#include <set>

#include "rules/rulebook/scopes.hpp"
#include "rules/rulebook/slot_names.hpp"

namespace segmentd::rules {
namespace {

using expression::Type;
using expression::TypeKind;

std::set<std::size_t> slots_of_segments(const Rulebook& book);
Type type_of_slot(const Rulebook& book, std::size_t slot);
const char* sample_of(TypeKind kind);

}  // namespace

std::string sample_values(const Rulebook& book) {
    std::string text;
    for (const auto slot : slots_of_segments(book)) {
        text += text.empty() ? "{\"" : ",\"";
        text += name_of_slot(book, slot) + "\":" + sample_of(type_of_slot(book, slot).kind);
    }
    return text.empty() ? text : text + "}";
}

namespace {

std::set<std::size_t> slots_of_segments(const Rulebook& book) {
    std::set<std::size_t> slots;
    for (const auto& segment : book.segments) {
        for (const auto* programs : {&segment.enter, &segment.stay}) {
            for (const auto& program : *programs) {
                for (const int slot : expression::slots_read(program)) slots.insert(static_cast<std::size_t>(slot));
            }
        }
    }
    return slots;
}

Type type_of_slot(const Rulebook& book, std::size_t slot) {
    const auto& layout = book.layout;
    if (slot < layout.features) return expression_type(book.definitions.workspace.profile.at(book.profile_names[slot]));
    if (slot < layout.scores) {
        const auto& feature = book.features[slot - layout.features];
        return feature_type(feature.plan.compute, feature.value ? feature.value->type() : Type(TypeKind::dyn));
    }
    return slot < layout.segments ? TypeKind::real : TypeKind::boolean;
}

const char* sample_of(TypeKind kind) {
    switch (kind) {
        case TypeKind::boolean: return "true";
        case TypeKind::real: return "14.5";
        case TypeKind::string:
        case TypeKind::bytes:
        case TypeKind::type: return R"("text")";
        case TypeKind::timestamp: return R"("2026-11-02T09:00:00Z")";
        case TypeKind::duration: return R"("1.5s")";
        case TypeKind::list: return "[]";
        case TypeKind::map: return "{}";
        case TypeKind::null:
        case TypeKind::optional: return "null";
        case TypeKind::dyn:
        case TypeKind::integer:
        case TypeKind::unsigned_integer: break;
    }
    return "14";
}

}  // namespace
}  // namespace segmentd::rules
