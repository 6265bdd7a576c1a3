#include "rules/load/reading.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "rules/load/suggestion.hpp"
#include "rules/load/yaml_text.hpp"

namespace segmentd::rules::load {
namespace {

constexpr std::size_t max_errors = 100;

ErrorCode code_of(std::string_view rule) {
    static constexpr std::array<std::pair<std::string_view, ErrorCode>, 11> codes = {{
        {"unknown_name", ErrorCode::not_found},
        {"duplicate_name", ErrorCode::conflict},
        {"duplicate_key", ErrorCode::conflict},
        {"one_workspace", ErrorCode::conflict},
        {"not_built", ErrorCode::unsupported},
        {"kind_not_built", ErrorCode::unsupported},
        {"too_large", ErrorCode::limit},
        {"too_many_files", ErrorCode::limit},
        {"too_deep", ErrorCode::limit},
        {"too_many_nodes", ErrorCode::limit},
        {"yaml_alias", ErrorCode::limit},
    }};
    for (const auto& [known, code] : codes) {
        if (known == rule) return code;
    }
    return ErrorCode::invalid;
}

}  // namespace

const char* to_word(NameKind kind) {
    static constexpr std::array words = {"signal",    "source",  "feature", "model",      "score",
                                         "threshold", "segment", "family",  "playbook",   "touch",
                                         "endpoint",  "metric",  "pilot",   "governance", "objective",
                                         "person",    "purpose", "tester",  "attribute"};
    return words.at(static_cast<std::size_t>(kind));
}

std::string with_article(std::string_view word) {
    const bool sounds_as_vowel =
        !word.empty() && std::string_view("aeiou").find(word.front()) != std::string_view::npos;
    return fmt::format("{} {}", sounds_as_vowel ? "an" : "a", word);
}

void Reading::use_zones(Zones zones, std::string_view workspace) {
    zones_ = std::move(zones);
    if (const auto* zone = zones_.find(workspace)) calendar_ = *zone;
}

void Reading::begin_file(std::string file) {
    file_ = std::move(file);
    begin_definition({});
}

void Reading::begin_definition(std::string subject) {
    definition_ = std::move(subject);
    path_.clear();
}

void Reading::refuse(Refusal refusal) {
    const auto about = subject();
    if (!about.empty()) refusal.message = fmt::format("{}: {}", about, refusal.message);
    const auto where = place(refusal.at);
    refuse_at(where, std::move(refusal));
}

void Reading::refuse_at(SourcePlace where, Refusal refusal) {
    if (++refusals_ > max_errors) return;
    errors_.push_back({.code = code_of(refusal.rule),
                       .message = std::move(refusal.message),
                       .where = std::move(where),
                       .rule = std::move(refusal.rule),
                       .hint = std::move(refusal.hint)});
}

bool Reading::is_full() const {
    return refusals_ >= max_errors;
}

void Reading::meet_name(NameRole role, const std::string& name, Position at) {
    if (role.role == NameRole::Role::uses) used_.push_back({role.kind, name, place(at), subject()});
    if (role.role != NameRole::Role::declares) return;
    const auto [first, is_new] = declared_[role.kind].emplace(name, place(at));
    if (is_new) return;
    refuse({at, "duplicate_name",
            fmt::format("{} {} is defined twice, first at {}:{}", to_word(role.kind), shown(name), first->second.file,
                        first->second.line),
            "rename one of the two"});
}

void Reading::check_names() {
    if (names_lost_) return;
    for (const auto& use : used_) {
        if (is_full()) return;
        const auto& known = declared_[use.kind];
        const bool is_unchecked = use.kind == NameKind::person && known.empty();
        if (is_unchecked || known.contains(use.name)) continue;
        std::vector<std::string> names;
        for (const auto& [name, where] : known) names.push_back(name);
        const auto kind = std::string_view(to_word(use.kind));
        refuse_at(use.where,
                  {{},
                   "unknown_name",
                   fmt::format("{}: no {} is named {}", use.subject, kind, shown(use.name)),
                   names.empty() ? fmt::format("define {} first", with_article(kind)) : suggestion(use.name, names)});
    }
}

std::vector<Error> Reading::take_errors() {
    const auto order_of = [](const Error& error) {
        return std::tie(error.where.file, error.where.line, error.where.column, error.rule, error.message);
    };
    std::sort(errors_.begin(), errors_.end(),
              [&](const Error& a, const Error& b) { return order_of(a) < order_of(b); });
    return std::exchange(errors_, {});
}

std::string Reading::subject() const {
    std::string keys;
    for (const auto& key : path_) keys += (keys.empty() ? "" : ".") + key;
    // The first key of a definition is named by the definition itself.
    const bool is_first_key = path_.size() == 1 && definition_.starts_with(keys);
    if (definition_.empty() || keys.empty() || is_first_key) return definition_.empty() ? keys : definition_;
    return fmt::format("{}: {}", definition_, keys);
}

}  // namespace segmentd::rules::load
