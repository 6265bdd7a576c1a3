#include "daemon/modelling/validate.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/modelling/segment_groups.hpp"
#include "daemon/modelling/segment_inputs.hpp"
#include "daemon/reports/metric_history.hpp"
#include "daemon/reports/segment_place.hpp"
#include "experiments/analysis/group_differences.hpp"

namespace segmentd::daemon {
namespace {

constexpr double alpha = 0.05;

Result<void> check_period(const rules::Rulebook& book, const ValidationRequest& request) {
    if (request.until <= request.from) {
        return fail(ErrorCode::invalid, "the period ends before it begins", "give --to a later date than --from");
    }
    const auto latest = std::max(request.now, book.definitions.workspace.clock_start.value_or(request.now));
    if (request.until <= latest) return {};
    return fail(ErrorCode::invalid,
                fmt::format("the period ends on {}, the engine time is {}", to_text(request.until), to_text(latest)),
                "what has not happened cannot be measured; give --to an earlier date");
}

// Success metrics, then the objective's; without either every metric that fits.
Result<std::vector<std::size_t>> metrics_to_measure(const rules::Rulebook& book,
                                                    const rules::SegmentDefinition& segment, Duration period) {
    const auto& definitions = book.definitions;
    std::vector<std::size_t> metrics;
    const auto take = [&](const MetricId& id) {
        const auto index = *rules::index_of(definitions.metrics, id);
        if (std::ranges::count(metrics, index) == 0) metrics.push_back(index);
    };
    for (const auto& success : segment.success_metrics) take(success.metric.id);
    for (const auto& objective : definitions.workspace.objectives) {
        if (objective.name == segment.objective && !objective.metric.empty()) take(objective.metric.id);
    }
    const bool is_named = !metrics.empty();
    for (std::size_t i = 0; !is_named && i < definitions.metrics.size(); ++i) {
        if (definitions.metrics[i].window <= period) metrics.push_back(i);
    }
    for (const auto index : metrics) {
        const auto& metric = definitions.metrics[index];
        if (metric.window <= period) continue;
        return fail(ErrorCode::invalid,
                    fmt::format("segment {}: the metric {} takes {}, the period has {}", segment.id.text,
                                metric.id.text, to_text(metric.window), to_text(period)),
                    "give a longer period");
    }
    if (!metrics.empty()) return metrics;
    return fail(ErrorCode::invalid, fmt::format("segment {}: no metric fits into {}", segment.id.text, to_text(period)),
                "give a longer period, or success_metrics to the segment");
}

// Since when the file that defines the segment is in force as it is now.
class FileAge {
  public:
    explicit FileAge(std::string path) : path_(std::move(path)) {}

    void see(const Record& record) {
        const auto* workspace = std::get_if<WorkspaceRecord>(&record.payload);
        if (workspace == nullptr) return;
        const auto found = workspace->files.find(path_);
        if (found == workspace->files.end() || found->second == content_) return;
        content_ = found->second;
        since_ = record.engine_time;
    }
    Timestamp since() const { return since_; }

  private:
    std::string path_;
    std::string content_;
    Timestamp since_ = beginning_of_time;
};

// Sums of one metric over the members, over everybody else and over the neighbour's own customers.
struct Sums {
    ExactSum members;
    ExactSum others;
    ExactSum neighbours;
};

Result<Sums> sum_up(const MetricHistory& history, std::size_t which, const Hindsight& hindsight,
                    const SegmentGroups& groups, std::size_t segment) {
    Sums sums;
    for (std::size_t index = 0; index < groups.members.size(); ++index) {
        const auto& entered = groups.members[index];
        const auto units = history.units(which, hindsight.population.at(index).id, hindsight.at);
        bool done = (entered[segment] ? sums.members : sums.others).add(units);
        if (!entered[segment] && groups.neighbour && entered[*groups.neighbour]) {
            done = sums.neighbours.add(units) && done;
        }
        if (!done) return fail(ErrorCode::invalid, "the outcomes are too large to be added up");
    }
    return sums;
}

experiments::ArmSummary summary_of(const ExactSum& sum, double units) {
    return {sum.count(), sum.mean(units), sum.variance(units)};
}

ValidationOutcome outcome_of(const experiments::GroupPair& pair, const experiments::GroupDifference& found) {
    ValidationOutcome outcome;
    outcome.customers = pair.group.units;
    outcome.other_customers = pair.other.units;
    outcome.mean = pair.group.mean;
    outcome.other_mean = pair.other.mean;
    outcome.lower = found.interval.lower;
    outcome.upper = found.interval.upper;
    outcome.p_value = found.p;
    outcome.p_adjusted = found.p_adjusted;
    outcome.verdict = found.verdict;
    return outcome;
}

// The best that the rows against one group say.
Verdict verdict_against(const ValidationRecord& record, const std::string& against) {
    Verdict best = Verdict::not_enough_data;
    for (const auto& row : record.outcomes) {
        if (row.against == against) best = std::min(best, row.verdict);
    }
    return best;
}

void judge(ValidationRecord& record) {
    const auto nothing = Verdict::no_measurable_difference;
    record.verdict = verdict_against(record, all_non_members);
    if (record.verdict == nothing) record.no_difference_from.emplace_back(all_non_members);
    if (record.neighbour.empty()) return;
    const auto beside = verdict_against(record, record.neighbour.text);
    if (beside == nothing) record.no_difference_from.push_back(record.neighbour.text);
    if (record.verdict == nothing && beside == Verdict::different) {
        record.warnings.push_back(
            fmt::format("members differ from {}, but not from non-members together", record.neighbour.text));
    }
    if (record.verdict != Verdict::different || beside != nothing) return;
    record.verdict = nothing;
    record.warnings.push_back(fmt::format(
        "members differ from non-members, but not from {}: the two may be one segment", record.neighbour.text));
}

// What is known too early: a model that has seen the period, a definition written after it began.
void warn_of_hindsight(ValidationRecord& record, const Population& population, std::size_t segment,
                       const FileAge& file) {
    bool in_sample = false;
    for (const auto& id : inputs_behind(population.book(), segment).models) {
        const auto model = population.models().find(id);
        if (model == population.models().end() || model->second.as_of < record.from) continue;
        in_sample = true;
        record.warnings.push_back(fmt::format("model {} was fitted on data until {}, after the period began", id.text,
                                              to_text(model->second.as_of)));
    }
    for (auto& row : record.outcomes) row.in_sample = in_sample;
    if (file.since() <= record.from) return;
    record.warnings.push_back(fmt::format(
        "{} is in force as it stands since {}, after the period began: who wrote it may have known the outcomes",
        population.book().definitions.segments[segment].place.file, to_text(file.since())));
}

}  // namespace

Result<ValidationRecord> validate_segment(const Engine& engine, const PastRecords& past,
                                          const ValidationRequest& request) {
    const auto& book = engine.population().book();
    TRY(segment, customer_segment(engine, request.segment));
    const auto& definition = book.definitions.segments[segment];
    if (auto sound = check_period(book, request); !sound) return fail(std::move(sound).error());
    TRY(metrics, metrics_to_measure(book, definition, request.until - request.from));

    FileAge file(definition.place.file);
    const PastRecords watched = [&](std::uint64_t end, const RecordVisitor& visit) {
        return past(end, [&](const Record& record) {
            file.see(record);
            visit(record);
        });
    };
    TRY(hindsight, look_back(engine, watched, request.from - Duration(1)));
    const auto groups = group_by_segments(hindsight, segment, experiments::fewest_units);
    TRY(history, MetricHistory::read(engine, past, metrics));

    ValidationRecord record;
    record.segment = request.segment;
    record.version = book.definitions.version;
    record.from = request.from;
    record.until = request.until;
    if (groups.neighbour) record.neighbour = book.definitions.segments[*groups.neighbour].id;
    std::vector<experiments::GroupPair> pairs;
    for (std::size_t which = 0; which < history.size(); ++which) {
        TRY(sums, sum_up(history, which, hindsight, groups, segment));
        const auto units = history.units_in_one(which);
        record.members = sums.members.count();
        pairs.push_back({summary_of(sums.members, units), summary_of(sums.others, units)});
        if (groups.neighbour) pairs.push_back({pairs.back().group, summary_of(sums.neighbours, units)});
    }
    const auto differences = experiments::compare_groups(pairs, alpha);
    const std::size_t rows_a_metric = groups.neighbour ? 2 : 1;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        auto outcome = outcome_of(pairs[i], differences[i]);
        outcome.metric = history.metric(i / rows_a_metric).id;
        outcome.against = i % rows_a_metric == 0 ? all_non_members : record.neighbour.text;
        record.outcomes.push_back(std::move(outcome));
    }
    judge(record);
    warn_of_hindsight(record, hindsight.population, segment, file);
    return record;
}

}  // namespace segmentd::daemon
