// Finds the conditions that read what governance protects and nobody signed for.
//
// What an expression reads itself counts, and what the segments that it asks about read: membership in one
// gives the attribute away. A segment over a signed model or feature needs no signature of its own. A protected
// attribute also covers the property of that name in events. Pilots choose
// customers by segment alone, so they have nothing of their own to check.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>

#include "rules/rulebook/builder.hpp"
#include "rules/rulebook/slot_names.hpp"

namespace segmentd::rules {
namespace {

using expression::Program;

// What is protected, as governance writes it and as conditions read it.
struct Guarded {
    std::string attribute;           // "country", or a proxy: "feature.x"
    std::vector<std::string> reads;  // "profile.country", "event.country"; of a proxy itself
};

// Who reads, and the member of SignedException by which they are named.
struct Reader {
    const char* kind;
    std::string name;
    std::function<bool(const SignedException&)> is_named_by;
};

std::vector<Guarded> guarded_in(const Definitions& definitions) {
    std::vector<Guarded> guarded;
    for (const auto& governance : definitions.governance) {
        for (const auto& name : governance.protected_attributes) {
            guarded.push_back({name, {"profile." + name, "event." + name}});
        }
        for (const auto& proxy : governance.proxies) guarded.push_back({proxy.text, {proxy.text}});
    }
    return guarded;
}

bool is_signed(const Definitions& definitions, const Guarded& guarded, const Reader& reader) {
    return std::ranges::any_of(definitions.governance, [&](const GovernanceDefinition& governance) {
        return std::ranges::any_of(governance.signed_exceptions, [&](const SignedException& exception) {
            return exception.attribute.text == guarded.attribute && reader.is_named_by(exception);
        });
    });
}

class Protection {
  public:
    using Refuse = std::function<void(SourcePlace, std::string, std::string)>;

    Protection(const Rulebook& book, Refuse refuse);

    void check_feature(std::size_t index) const;
    void check_model(std::size_t index, std::size_t first_score) const;
    void check_segment(std::size_t index) const;

  private:
    void check_name(const Reader& reader, const std::string& name, const SourcePlace& place,
                    const std::string& through) const;
    std::optional<std::size_t> segment_at(std::size_t slot) const;
    std::set<std::string> names_under(const CompiledSegment& segment) const;
    void check_row(const Reader& reader, const Condition& texts, const Programs& programs) const;
    void check_event(const Reader& reader, const Program& program, const SignalDefinition& signal,
                     const SourcePlace& place) const;

    const Rulebook& book_;
    std::vector<Guarded> guarded_;
    Refuse refuse_;
    std::vector<std::set<std::string>> segments_rest_on_;  // names in their conditions, also through other segments
};

Protection::Protection(const Rulebook& book, Refuse refuse)
    : book_(book), guarded_(guarded_in(book.definitions)), refuse_(std::move(refuse)) {
    segments_rest_on_.resize(book.segments.size());
    for (const auto index : book.segment_order) segments_rest_on_[index] = names_under(book.segments[index]);
}

std::set<std::string> Protection::names_under(const CompiledSegment& segment) const {
    std::set<std::string> names;
    for (const auto* programs : {&segment.enter, &segment.stay, &segment.leave_at_once}) {
        for (const auto& program : *programs) {
            for (const int slot : expression::slots_read(program)) {
                const auto read = static_cast<std::size_t>(slot);
                if (const auto index = segment_at(read)) {
                    names.insert(segments_rest_on_[*index].begin(), segments_rest_on_[*index].end());
                } else {
                    names.insert(name_of_slot(book_, read));
                }
            }
        }
    }
    for (const auto higher : segment.comes_before) {
        names.insert(segments_rest_on_[higher].begin(), segments_rest_on_[higher].end());
    }
    return names;
}

std::optional<std::size_t> Protection::segment_at(std::size_t slot) const {
    const auto& layout = book_.layout;
    return slot >= layout.segments && slot < layout.consents ? std::optional(slot - layout.segments) : std::nullopt;
}

void Protection::check_feature(std::size_t index) const {
    const auto& definition = book_.definitions.features[index];
    const auto& compiled = book_.features[index];
    const Reader reader{"feature", definition.id.text,
                        [&](const SignedException& exception) { return exception.feature.id == definition.id; }};
    for (std::size_t signal = 0; signal < book_.definitions.signals.size(); ++signal) {
        const auto& contract = book_.definitions.signals[signal];
        const auto check = [&](const Condition& texts, const Programs& programs) {
            for (std::size_t line = 0; line < programs.size(); ++line) {
                check_event(reader, programs[line], contract, texts[line].place);
            }
        };
        for (const auto& source : book_.sources_of_features[signal]) {
            if (source.feature == index) check(source.texts, source.where);
        }
        if (definition.signal.id != contract.id) continue;
        check(definition.of, compiled.of);
        if (compiled.value) check({definition.value}, {*compiled.value});
    }
}

void Protection::check_model(std::size_t index, std::size_t first_score) const {
    const auto& definition = book_.definitions.models[index];
    const auto& compiled = book_.models[index];
    const Reader reader{"model", definition.id.text,
                        [&](const SignedException& exception) { return exception.model.id == definition.id; }};
    for (const auto& feature : definition.features) check_name(reader, "feature." + feature.id.text, feature.place, {});
    check_row(reader, definition.target.condition, compiled.target);
    if (compiled.history && book_.histories[*compiled.history].value) {
        const auto& history = book_.histories[*compiled.history];
        check_event(reader, *history.value, book_.definitions.signals[history.signal], definition.value.place);
    }
    for (std::size_t i = 0; i < definition.scores.size(); ++i) {
        const auto& score = book_.scores[first_score + i];
        if (score.expression) check_row(reader, {definition.scores[i].expression}, {*score.expression});
    }
}

void Protection::check_segment(std::size_t index) const {
    const auto& definition = book_.definitions.segments[index];
    const auto& compiled = book_.segments[index];
    const Reader reader{"segment", definition.id.text,
                        [&](const SignedException& exception) { return exception.segment.id == definition.id; }};
    check_row(reader, definition.enter, compiled.enter);
    if (!definition.stay.empty()) check_row(reader, definition.stay, compiled.stay);
    check_row(reader, definition.leave_at_once, compiled.leave_at_once);
    for (const auto higher : compiled.comes_before) {
        const auto way = fmt::format("segment.{}, which comes before it in the family {} and rests on ",
                                     book_.definitions.segments[higher].id.text, definition.family.text);
        for (const auto& name : segments_rest_on_[higher]) check_name(reader, name, definition.place, way);
    }
}

void Protection::check_name(const Reader& reader, const std::string& name, const SourcePlace& place,
                            const std::string& through) const {
    for (const auto& guarded : guarded_) {
        if (std::ranges::count(guarded.reads, name) == 0 || is_signed(book_.definitions, guarded, reader)) continue;
        const bool is_proxy = guarded.reads.size() == 1;
        refuse_(place,
                fmt::format("{} {}: reads {}{}, {}", reader.kind, reader.name, through, name,
                            is_proxy ? "a proxy of a protected attribute" : "a protected attribute"),
                fmt::format("leave it out, or let a steward sign in governance: signed_exceptions: [{{attribute: {}, "
                            "{}: {}, by: ..., on: ..., reason: ...}}]",
                            guarded.attribute, reader.kind, reader.name));
    }
}

void Protection::check_row(const Reader& reader, const Condition& texts, const Programs& programs) const {
    for (std::size_t line = 0; line < programs.size(); ++line) {
        for (const int slot : expression::slots_read(programs[line])) {
            const auto read = static_cast<std::size_t>(slot);
            check_name(reader, name_of_slot(book_, read), texts[line].place, {});
            const auto index = segment_at(read);
            if (!index) continue;
            const auto way = fmt::format("segment.{}, which rests on ", book_.definitions.segments[*index].id.text);
            for (const auto& name : segments_rest_on_[*index]) check_name(reader, name, texts[line].place, way);
        }
    }
}

void Protection::check_event(const Reader& reader, const Program& program, const SignalDefinition& signal,
                             const SourcePlace& place) const {
    for (const int slot : expression::slots_read(program)) {
        check_name(reader, "event." + signal.properties[static_cast<std::size_t>(slot)].name, place, {});
    }
}

}  // namespace

void Builder::check_protection() {
    const Protection protection(book_, [this](SourcePlace place, std::string message, std::string hint) {
        refuse(std::move(place), std::move(message), "protected_attribute", std::move(hint));
    });
    for (std::size_t i = 0; i < book_.features.size(); ++i) protection.check_feature(i);
    std::size_t first_score = 0;
    for (std::size_t i = 0; i < book_.models.size(); ++i) {
        protection.check_model(i, first_score);
        first_score += book_.definitions.models[i].scores.size();
    }
    for (std::size_t i = 0; i < book_.segments.size(); ++i) protection.check_segment(i);
}

}  // namespace segmentd::rules
