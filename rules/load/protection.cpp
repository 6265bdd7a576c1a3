#include "rules/load/protection.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "rules/load/suggestion.hpp"
#include "rules/load/yaml_text.hpp"

namespace segmentd::rules::load {
namespace {

std::vector<std::string> names_read_in_conditions(const Definitions& definitions);
void check_proxies(const GovernanceDefinition& governance, const std::vector<std::string>& known, Reading& reading);
std::vector<std::string> protected_names(const Definitions& definitions);
void check_exception(const SignedException& exception, const Definitions& definitions, Reading& reading);

}  // namespace

void check_protection(const Definitions& definitions, Reading& reading) {
    const auto known = names_read_in_conditions(definitions);
    for (const auto& governance : definitions.governance) {
        check_proxies(governance, known, reading);
        for (const auto& exception : governance.signed_exceptions) check_exception(exception, definitions, reading);
    }
}

namespace {

std::vector<std::string> names_read_in_conditions(const Definitions& definitions) {
    std::vector<std::string> names;
    for (const auto& [name, type] : definitions.workspace.profile) names.push_back("profile." + name);
    if (const auto& accounts = definitions.workspace.account_profile) {
        for (const auto& [name, type] : *accounts) names.push_back("profile." + name);
    }
    for (const auto& feature : definitions.features) names.push_back("feature." + feature.id.text);
    for (const auto& model : definitions.models) {
        for (const auto& score : model.scores) names.push_back("score." + score.name);
    }
    for (const auto& signal : definitions.signals) {
        for (const auto& property : signal.properties) names.push_back("event." + property.name);
    }
    return names;
}

void check_proxies(const GovernanceDefinition& governance, const std::vector<std::string>& known, Reading& reading) {
    for (const auto& proxy : governance.proxies) {
        if (std::ranges::count(known, proxy.text) > 0) continue;
        reading.refuse_at(proxy.place, {{},
                                        "unknown_name",
                                        fmt::format("governance {}: proxies: conditions know nothing named {}",
                                                    governance.name, shown(proxy.text)),
                                        suggestion(proxy.text, known)});
    }
}

std::vector<std::string> protected_names(const Definitions& definitions) {
    std::vector<std::string> names;
    for (const auto& governance : definitions.governance) {
        names.insert(names.end(), governance.protected_attributes.begin(), governance.protected_attributes.end());
        for (const auto& proxy : governance.proxies) names.push_back(proxy.text);
    }
    return names;
}

void check_exception(const SignedException& exception, const Definitions& definitions, Reading& reading) {
    const auto known = protected_names(definitions);
    if (std::ranges::count(known, exception.attribute.text) == 0) {
        reading.refuse_at(exception.attribute.place,
                          {{},
                           "unknown_name",
                           fmt::format("signed_exceptions: {} is not protected", shown(exception.attribute.text)),
                           known.empty() ? "leave the exception out" : suggestion(exception.attribute.text, known)});
    }
    const auto* person = find(definitions.workspace.people, exception.by);
    const auto has_role = [&](const char* role) {
        return person != nullptr && std::ranges::count(person->roles, role) > 0;
    };
    if (has_left(definitions.workspace, exception.by, exception.on)) {
        reading.refuse_at(exception.place,
                          {{},
                           "may_not_sign",
                           fmt::format("signed_exceptions: {} left on {} and cannot sign on {}", exception.by.text,
                                       to_date_text(*person->left), to_date_text(exception.on)),
                           "let a person sign who is there"});
    }
    if (has_role("steward") || has_role("approver")) return;
    reading.refuse_at(exception.place,
                      {{},
                       "may_not_sign",
                       fmt::format("signed_exceptions: {} is neither steward nor approver and cannot sign for {}",
                                   exception.by.text, exception.attribute.text),
                       "let a person sign who has one of these roles in workspace.yaml"});
}

}  // namespace
}  // namespace segmentd::rules::load
