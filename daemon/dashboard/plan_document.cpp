#include "daemon/dashboard/plan_document.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "daemon/dashboard/texts.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

// How a member of a plan's rows is shown; what is null is a dash.
enum class Form { text, count, number, share };

struct PlanColumn {
    const char* title;
    const char* member;
    Form form = Form::text;
};

std::string cell_text(const json::value& value, Form form);
void add_rows(Section& section, const char* caption, const json::value& list, const std::vector<PlanColumn>& columns);
Section definitions_section(const json::object& plan);
Section segments_section(const json::object& plan);
Section consequences_section(const json::object& plan);

std::string version_text(const json::value& version) {
    return version.is_null() ? "nothing" : text_of(version);
}

}  // namespace

Document plan_document(const json::object& plan) {
    Document document;
    const auto& name = plan.at("plan");
    document.title = name.is_null() ? "Rollback to " + version_text(plan.at("to")) : "Plan " + text_of(name);
    document.subtitle =
        fmt::format("From {} to {}, {} customers, as of {}. Nothing of it is applied by looking at it.",
                    version_text(plan.at("from")), version_text(plan.at("to")),
                    count_text(plan.at("customers").to_number<std::int64_t>()), minute_text(text_of(plan.at("at"))));
    Section warnings{"Warnings", {}};
    add_rows(warnings, "What speaks against it", plan.at("warnings"), {{"Rule", "rule"}, {"Warning", "message"}});
    Section difference{"Difference of the files", {}};
    add_preformatted(difference, "Difference of the files", text_of(plan.at("diff")));
    for (auto& section :
         {warnings, definitions_section(plan), segments_section(plan), consequences_section(plan), difference}) {
        if (!section.blocks.empty()) document.sections.push_back(section);
    }
    return document;
}

namespace {

std::string cell_text(const json::value& value, Form form) {
    if (value.is_null()) return "–";
    if (value.is_bool()) return value.as_bool() ? "yes" : "no";
    switch (form) {
        case Form::text: return text_of(value);
        case Form::count: return count_text(value.to_number<std::int64_t>());
        case Form::number: return number_text(value.to_number<double>());
        case Form::share: return percent_text(value.to_number<double>());
    }
    return {};
}

void add_rows(Section& section, const char* caption, const json::value& list, const std::vector<PlanColumn>& columns) {
    std::vector<Column> shown;
    for (const auto& column : columns) shown.push_back({column.title, column.form != Form::text});
    std::vector<std::vector<std::string>> rows;
    for (const auto& row : list.as_array()) {
        auto& cells = rows.emplace_back();
        for (const auto& column : columns) cells.push_back(cell_text(row.at(column.member), column.form));
    }
    add_table(section, caption, std::move(shown), std::move(rows));
}

Section definitions_section(const json::object& plan) {
    Section section{"Definitions", {}};
    const auto& changes = plan.at("changes").as_array();
    if (changes.empty()) add_paragraph(section, "No definition changes.");
    json::array fields;
    for (const auto& change : changes) {
        for (auto field : change.at("fields").as_array()) {
            field.as_object()["name"] = change.at("name");
            fields.push_back(std::move(field));
        }
    }
    add_rows(section, "Definitions that change", changes,
             {{"Name", "name"}, {"Kind", "kind"}, {"Change", "change"}, {"Meaning", "meaning"}, {"File", "file"}});
    add_rows(section, "What changes in them", fields,
             {{"Name", "name"}, {"Field", "field"}, {"From", "from"}, {"To", "to"}});
    return section;
}

Section segments_section(const json::object& plan) {
    Section section{"Who moves", {}};
    const std::vector<PlanColumn> members = {{"Segment", "segment"},
                                             {"Change", "change"},
                                             {"Enter", "enter", Form::count},
                                             {"Leave", "leave", Form::count},
                                             {"Stay", "stay", Form::count},
                                             {"Before", "size_before", Form::count},
                                             {"After", "size_after", Form::count}};
    add_rows(section, "Members of segments", plan.at("segments"), members);
    add_rows(section, "Accounts in segments of accounts", plan.at("account_segments"), members);
    add_rows(section, "From where to where", plan.at("migration"),
             {{"From", "from"}, {"To", "to"}, {"Customers", "customers", Form::count}});
    add_rows(section, "What is touched, and how stable it is", plan.at("segments"),
             {{"Segment", "segment"},
              {"Revenue", "revenue_touched", Form::number},
              {"Expected value", "expected_value_touched", Form::number},
              {"Jaccard", "jaccard", Form::number},
              {"Borderline", "borderline_share", Form::share},
              {"Leave in a week", "expected_churn_per_week", Form::share}});
    add_rows(section, "Members shared with other segments, after", plan.at("overlap"),
             {{"Segment", "segment"}, {"With", "with"}, {"Customers", "customers", Form::count}});
    return section;
}

Section consequences_section(const json::object& plan) {
    Section section{"What follows", {}};
    add_rows(section, "Running pilots that would be contaminated", plan.at("pilots_contaminated"),
             {{"Pilot", "pilot"},
              {"Segment", "segment"},
              {"Enrolled", "enrolled", Form::count},
              {"Of them leave", "enrolled_who_leave", Form::count},
              {"Enter", "entering", Form::count},
              {"Changed itself", "changed"}});
    std::vector<std::string> features;
    for (const auto& feature : plan.at("features_to_backfill").as_array()) features.push_back(text_of(feature));
    add_list(section, "Features made anew from all past signals", std::move(features));
    add_rows(section, "Touches decided at the apply", plan.at("touches"),
             {{"Playbook", "playbook"}, {"Decision", "decision"}, {"Touches", "count", Form::count}});
    return section;
}

}  // namespace
}  // namespace segmentd::daemon
