#include "rules/rulebook/rulebook.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>
#include <tuple>

#include "base/money.hpp"
#include "rules/rulebook/account_definitions.hpp"
#include "rules/rulebook/builder.hpp"

namespace segmentd::rules {
namespace {

constexpr std::size_t most_errors = 100;

// Puts every index behind those it depends on. A way round comes back as the list of its indexes.
struct Ordering {
    std::vector<std::size_t> order;
    std::vector<std::size_t> cycle;
};

Ordering order_by_dependencies(const std::vector<std::vector<std::size_t>>& reads) {
    enum class Mark { unseen, open, done };
    Ordering result;
    std::vector<Mark> marks(reads.size(), Mark::unseen);
    std::vector<std::size_t> path;
    const std::function<bool(std::size_t)> visit = [&](std::size_t index) {
        if (marks[index] == Mark::done) return true;
        path.push_back(index);
        if (marks[index] == Mark::open) {
            result.cycle.assign(std::ranges::find(path, index), path.end());
            return false;
        }
        marks[index] = Mark::open;
        for (const auto other : reads[index]) {
            if (!visit(other)) return false;
        }
        marks[index] = Mark::done;
        path.pop_back();
        result.order.push_back(index);
        return true;
    };
    for (std::size_t index = 0; index < reads.size(); ++index) {
        if (!visit(index)) break;
    }
    return result;
}

// The indexes of a group of slots that the programs read.
std::vector<std::size_t> reads_in_group(const std::vector<const Programs*>& lists, std::size_t first,
                                        std::size_t count) {
    std::vector<std::size_t> indexes;
    for (const auto* programs : lists) {
        for (const auto& program : *programs) {
            for (const int slot : expression::slots_read(program)) {
                const auto position = static_cast<std::size_t>(slot);
                if (position >= first && position < first + count) indexes.push_back(position - first);
            }
        }
    }
    return indexes;
}

using Names = std::vector<std::pair<std::string, std::string>>;  // record and field

// What the others know is unknown here for a reason, which the hint tells.
void take_errors(std::vector<Error> found, const Names& of_others, const char* others, std::vector<Error>& errors) {
    for (auto& error : found) {
        for (const auto& [record, field] : of_others) {
            if (error.message != fmt::format("{} has no field {}", record, field)) continue;
            error.hint =
                fmt::format("{}.{} is of {}; customers and accounts do not read each other", record, field, others);
        }
        errors.push_back(std::move(error));
    }
}

// The book of customers, and within it that of accounts.
tl::expected<Rulebook, std::vector<Error>> build_both(Definitions definitions, bool is_recorded) {
    auto accounts = take_out_accounts(definitions);
    const auto names_of_accounts = names_in_conditions(accounts);
    const auto names_of_customers = names_in_conditions(definitions);
    auto account_book = Builder(std::move(accounts), is_recorded, nullptr).build();
    std::shared_ptr<const Rulebook> shared;
    if (account_book) shared = std::make_shared<const Rulebook>(std::move(*account_book));
    auto book = Builder(std::move(definitions), is_recorded, std::move(shared)).build();
    std::vector<Error> errors;
    if (!book) take_errors(std::move(book.error()), names_of_accounts, "accounts", errors);
    if (!account_book) take_errors(std::move(account_book.error()), names_of_customers, "customers", errors);
    if (!errors.empty()) return tl::unexpected(std::move(errors));
    return std::move(*book);
}

}  // namespace

tl::expected<Rulebook, std::vector<Error>> build_rulebook(Definitions definitions) {
    return build_both(std::move(definitions), false);
}

tl::expected<Rulebook, std::vector<Error>> build_recorded_rulebook(Definitions definitions) {
    return build_both(std::move(definitions), true);
}

Builder::Builder(Definitions definitions, bool is_recorded, std::shared_ptr<const Rulebook> accounts)
    : is_recorded_(is_recorded) {
    book_.definitions = std::move(definitions);
    book_.accounts = std::move(accounts);
}

tl::expected<Rulebook, std::vector<Error>> Builder::build() {
    book_.money_digits = currency_digits(book_.definitions.workspace.currency);
    lay_out();
    compile_features();
    book_.scope = customer_scope(book_, feature_types_);
    compile_models();
    compile_scores();
    compile_segments();
    compile_metrics();
    compile_pilots();
    compile_sources();
    compile_reports();
    compile_endpoints();
    compile_tests();
    if (errors_.empty()) order_scores();
    if (errors_.empty()) order_segments();
    if (errors_.empty() && !is_recorded_) {
        check_protection();
        check_maturity();
    }
    if (!errors_.empty()) {
        keep_one_of_each_place();
        if (errors_.size() > most_errors) errors_.resize(most_errors);
        return tl::unexpected(std::move(errors_));
    }
    find_readers();
    return std::move(book_);
}

void Builder::lay_out() {
    const auto& definitions = book_.definitions;
    for (const auto& [name, type] : definitions.workspace.profile) book_.profile_names.push_back(name);
    for (std::size_t index = 0; index < definitions.models.size(); ++index) {
        const auto& model = definitions.models[index];
        for (const auto& score : model.scores) {
            book_.score_names.push_back(score.name);
            CompiledScore compiled;
            compiled.model = index;
            compiled.output = score.output;
            if (score.horizon) {
                compiled.horizon_units =
                    static_cast<double>(score.horizon->count()) / static_cast<double>(model.unit.count());
            }
            book_.scores.push_back(std::move(compiled));
        }
        for (const auto& [name, value] : model.thresholds) {
            book_.threshold_names.push_back(name);
            book_.threshold_values.push_back(value);
        }
    }
    auto& layout = book_.layout;
    layout.features = layout.profile + book_.profile_names.size();
    layout.scores = layout.features + definitions.features.size();
    layout.thresholds = layout.scores + book_.score_names.size();
    layout.segments = layout.thresholds + book_.threshold_names.size();
    layout.consents = layout.segments + definitions.segments.size();
    layout.size = layout.consents + definitions.workspace.purposes.size();
}

void Builder::order_scores() {
    std::vector<std::vector<std::size_t>> reads;
    for (const auto& score : book_.scores) {
        Programs programs;
        if (score.expression) programs.push_back(*score.expression);
        reads.push_back(reads_in_group({&programs}, book_.layout.scores, book_.scores.size()));
    }
    auto ordering = order_by_dependencies(reads);
    if (ordering.cycle.empty()) {
        book_.score_order = std::move(ordering.order);
        return;
    }
    std::string way;
    for (const auto index : ordering.cycle) way += (way.empty() ? "" : " -> ") + book_.score_names[index];
    const auto& model = book_.definitions.models[book_.scores[ordering.cycle.front()].model];
    refuse(model.place, fmt::format("model {}: scores read each other in a circle: {}", model.id.text, way), "cycle",
           "let one of them stand on features alone");
}

void Builder::order_segments() {
    const auto& definitions = book_.definitions.segments;
    std::vector<std::vector<std::size_t>> reads;
    reads.reserve(definitions.size());
    for (const auto& segment : book_.segments) {
        reads.push_back(reads_in_group({&segment.enter, &segment.stay, &segment.leave_at_once}, book_.layout.segments,
                                       definitions.size()));
        reads.back().insert(reads.back().end(), segment.comes_before.begin(), segment.comes_before.end());
    }
    auto ordering = order_by_dependencies(reads);
    if (ordering.cycle.empty()) {
        book_.segment_order = std::move(ordering.order);
        return;
    }
    std::string way;
    for (const auto index : ordering.cycle) way += (way.empty() ? "" : " -> ") + definitions[index].id.text;
    const bool is_by_family = std::ranges::any_of(
        ordering.cycle, [&](std::size_t index) { return !definitions[index].comes_before.empty(); });
    const auto& first = definitions[ordering.cycle.front()];
    refuse(first.enter.empty() ? first.place : first.enter.front().place,
           fmt::format("segment {}: segments read each other in a circle: {}", first.id.text, way), "cycle",
           is_by_family ? "a segment of a family is decided after those before it, so these must not read it"
                        : "let one of them stand on features, scores or profile alone");
}

// The lines of a family's `of` are compiled for each of its segments.
void Builder::keep_one_of_each_place() {
    std::set<std::tuple<std::string, int, int, std::string>> seen;
    std::erase_if(errors_, [&](const Error& error) {
        return !seen.emplace(error.where.file, error.where.line, error.where.column, error.rule).second;
    });
}

void Builder::refuse(SourcePlace place, std::string message, std::string rule, std::string hint) {
    errors_.push_back({ErrorCode::invalid, std::move(message), std::move(place), std::move(rule), std::move(hint)});
}

}  // namespace segmentd::rules
