#include "rules/rulebook/account_definitions.hpp"

#include <algorithm>
#include <iterator>

namespace segmentd::rules {
namespace {

template <typename Definition>
std::vector<Definition> take_out(std::vector<Definition>& list, Subject Definition::* subject) {
    const auto is_of_account = [&](const Definition& definition) { return definition.*subject == Subject::account; };
    std::vector<Definition> taken;
    std::ranges::copy_if(list, std::back_inserter(taken), is_of_account);
    std::erase_if(list, is_of_account);
    return taken;
}

}  // namespace

Definitions take_out_accounts(Definitions& definitions) {
    Definitions accounts;
    accounts.version = definitions.version;
    accounts.signals = definitions.signals;
    accounts.governance = definitions.governance;
    accounts.features = take_out(definitions.features, &FeatureDefinition::per);
    accounts.segments = take_out(definitions.segments, &SegmentDefinition::of);
    const auto& workspace = definitions.workspace;
    accounts.workspace.name = workspace.name;
    accounts.workspace.zone = workspace.zone;
    accounts.workspace.calendar = workspace.calendar;
    accounts.workspace.currency = workspace.currency;
    accounts.workspace.people = workspace.people;
    accounts.workspace.profile = workspace.account_profile.value_or(AttributeTypes{});
    return accounts;
}

Definitions with_accounts(const Rulebook& book) {
    Definitions all = book.definitions;
    if (book.accounts == nullptr) return all;
    std::ranges::copy(book.accounts->definitions.features, std::back_inserter(all.features));
    std::ranges::copy(book.accounts->definitions.segments, std::back_inserter(all.segments));
    return all;
}

std::vector<std::pair<std::string, std::string>> names_in_conditions(const Definitions& definitions) {
    std::vector<std::pair<std::string, std::string>> names;
    for (const auto& [name, type] : definitions.workspace.profile) names.emplace_back("profile", name);
    for (const auto& feature : definitions.features) names.emplace_back("feature", feature.id.text);
    for (const auto& segment : definitions.segments) names.emplace_back("segment", segment.id.text);
    for (const auto& purpose : definitions.workspace.purposes) names.emplace_back("consent", purpose.id.text);
    for (const auto& model : definitions.models) {
        for (const auto& score : model.scores) names.emplace_back("score", score.name);
        for (const auto& [name, value] : model.thresholds) names.emplace_back("threshold", name);
    }
    return names;
}

}  // namespace segmentd::rules
