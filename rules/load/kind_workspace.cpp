#include "rules/load/kind_tables.hpp"
#include "rules/load/readers.hpp"

namespace segmentd::rules::load {
namespace {

const Table<Objective>& objective_table();
const Table<Person>& person_table();
const Table<Purpose>& purpose_table();
const Table<Tester>& tester_table();
const Table<WorkspaceSettings>& clock_table();

}  // namespace

const Table<WorkspaceSettings>& workspace_table() {
    using W = WorkspaceSettings;
    static const Table<W> table{
        "The company: what it wants, who its people are, what consent it asks for. Exactly one in a workspace.",
        {
            required("workspace", &W::name, name<std::string>(plain_name), "name of the workspace"),
            optional("company", &W::company, text(), "the company in a few words"),
            optional("zone", &W::zone, zone_name(),
                     "where days, months and the dates of these files begin: a name of tzdata; default UTC"),
            optional("customer_zone", &W::customer_zone, reference<std::string>(NameKind::attribute),
                     "the attribute that names a customer's own time zone, for features with zone: customer"),
            optional("currency", &W::currency, currency(), "currency of all amounts; default EUR"),
            group<W>({.key = "clock", .shape = {}, .required = false, .built = true, .doc = "engine time"},
                     clock_table()),
            optional("objectives", &W::objectives, list_of(record(objective_table())),
                     "what the company agreed to reach"),
            optional("people", &W::people, list_of(record(person_table())), "who owns, approves and answers"),
            optional("purposes", &W::purposes, list_of(record(purpose_table())),
                     "what customers are asked to agree to"),
            optional("testers", &W::testers, list_of(record(tester_table())),
                     "who of ours may be sent a touch to try it out"),
            optional("profile", &W::profile, map_of(declares(NameKind::attribute), word<AttributeType>()),
                     "attributes of a customer and their types, read as profile.<name>"),
            optional("account_profile", &W::account_profile, map_of(plain_name, word<AttributeType>()),
                     "attributes of an account and their types, read as profile.<name> in segments of accounts; may be "
                     "empty. Without it there are no accounts, and group calls are refused"),
            not_built<W>("retention", "how long the signals of a kind are kept; for ever as yet"),
            optional("revenue", &W::revenue, expression_text(), "what a customer brought in, for reports"),
            optional("expected_value", &W::expected_value, expression_text(), "what a customer is expected to bring"),
        }};
    return table;
}

namespace {

const Table<Objective>& objective_table() {
    static const Table<Objective> table{
        "",
        {
            required("name", &Objective::name, name<std::string>(declares(NameKind::objective)), "its name"),
            optional("title", &Objective::title, text(), "the objective in one sentence"),
            optional("metric", &Objective::metric, reference<MetricId>(NameKind::metric), "how it is measured"),
            optional("target", &Objective::target, measure(), "the value to reach"),
            optional("signed_by", &Objective::signed_by, name<std::string>(uses(NameKind::person)), "who agreed to it"),
        }};
    return table;
}

const Table<Person>& person_table() {
    static const Table<Person> table{"",
                                     {
                                         required("id", &Person::id, name<PersonId>(declares(NameKind::person)),
                                                  "short name, used by owner and steward"),
                                         optional("name", &Person::name, text(), "full name"),
                                         optional("roles", &Person::roles,
                                                  list_of(one_of({"viewer", "ingester", "evaluator", "editor",
                                                                  "approver", "auditor", "admin", "steward"})),
                                                  "what the person may do"),
                                         optional("left", &Person::left, instant(),
                                                  "since when the person is gone; their segments need a new steward"),
                                     }};
    return table;
}

const Table<Purpose>& purpose_table() {
    static const Table<Purpose> table{
        "",
        {
            required("id", &Purpose::id, name<PurposeId>(declares(NameKind::purpose)),
                     "short name, read as consent.<id>"),
            optional("title", &Purpose::title, text(), "the purpose as a customer reads it"),
            optional(
                "basis", &Purpose::basis, word<Basis>(),
                "what silence means: with consent nobody is contacted, with legitimate_interest until they object"),
        }};
    return table;
}

const Table<Tester>& tester_table() {
    static const Table<Tester> table{
        "",
        {
            required("tester", &Tester::name, name<std::string>(declares(NameKind::tester)), "short name, as in --to"),
            required("customer", &Tester::customer, text(), "the customer id that the endpoint knows them by"),
        }};
    return table;
}

const Table<WorkspaceSettings>& clock_table() {
    static const Table<WorkspaceSettings> table{"",
                                                {
                                                    required("start", &WorkspaceSettings::clock_start, instant(),
                                                             "engine time starts here and runs at wall speed"),
                                                }};
    return table;
}

}  // namespace
}  // namespace segmentd::rules::load
