#include <fmt/format.h>

#include "rules/load/kind_tables.hpp"
#include "rules/load/readers.hpp"

namespace segmentd::rules::load {
namespace {

const Table<PropertyContract>& property_table();
const Table<SourceEmission>& emission_table();
void finish_signal(SignalDefinition& signal, const Node& node, Reading& reading);
void finish_property(PropertyContract& property, const Node& node, Reading& reading);
void finish_source(SourceDefinition& source, const Node& node, Reading& reading);
void finish_emission(SourceEmission& emission, const Node& node, Reading& reading);

}  // namespace

const Table<SignalDefinition>& signal_table() {
    using S = SignalDefinition;
    static const Table<S> table{
        "A kind of fact that may come in about a customer: its contract.",
        {
            required("signal", &S::id, name<SignalId>(declares(NameKind::signal)), "name of the signal"),
            optional("title", &S::title, text(), "the fact in a few words"),
            optional("channel", &S::channel, text(), "where it happens: web, store, support, ..."),
            optional("owner", &S::owner, name<std::string>(uses(NameKind::person)), "who answers for it"),
            optional("events", &S::events, list_of(text()), "names that trackers give it"),
            optional("properties", &S::properties, named(property_table(), &PropertyContract::name, plain_name),
                     "what is kept of an event, read as event.<name>; anything else is not stored"),
            not_built<S>("quality", "quality rules"),
        },
        finish_signal};
    return table;
}

const Table<SourceDefinition>& source_table() {
    using S = SourceDefinition;
    static const Table<S> table{
        "A file of rows, and what each row becomes. Expressions read row.<column>; every column is a text.",
        {
            required("source", &S::id, name<SourceId>(declares(NameKind::source)), "name of the source"),
            optional("title", &S::title, text(), "what the file holds"),
            optional("owner", &S::owner, name<std::string>(uses(NameKind::person)), "who answers for it"),
            optional("format", &S::format, word<SourceFormat>(), "form of the file; default csv"),
            required("columns", &S::columns, list_of(text()), "columns that the file must have"),
            required("customer", &S::customer, expression_text(), "the customer's id"),
            optional("occurred_at", &S::occurred_at, expression_text(), "when it happened"),
            required("emit", &S::emit, list_of(record(emission_table())), "what each row becomes"),
        },
        finish_source};
    return table;
}

namespace {

const Table<PropertyContract>& property_table() {
    using P = PropertyContract;
    static const Table<P> table{
        "",
        {
            required("type", &P::type, word<AttributeType>(), "type of the value"),
            optional("required", &P::required, boolean(), "an event without it is refused; default false"),
            optional("path", &P::path, text(), "where it stands in the event's properties; default its own name"),
            optional("at_least", &P::at_least, number(), "smallest value allowed"),
            optional("at_most", &P::at_most, number(), "largest value allowed"),
            optional("one_of", &P::one_of, list_of(text()), "the texts allowed"),
        },
        finish_property};
    return table;
}

const Table<SourceEmission>& emission_table() {
    using E = SourceEmission;
    static const Table<E> table{
        "",
        {
            optional("signal", &E::signal, reference<SignalId>(NameKind::signal), "the row is a signal, or"),
            optional("profile", &E::profile, boolean(), "it has profile attributes, or"),
            optional("assignment", &E::assignment, reference<PilotId>(NameKind::pilot),
                     "an imported assignment to an arm, or"),
            optional("account", &E::account, expression_text(),
                     "the account to which the customer belongs from then on, with attributes of it"),
            optional("when", &E::when, condition(), "the row is used only where this holds"),
            optional("occurred_at", &E::occurred_at, expression_text(), "when it happened; default the source's"),
            optional("arm", &E::arm, expression_text(), "name of the arm; an empty text assigns nothing"),
            optional("values", &E::values, map_of(plain_name, expression_text()),
                     "properties or attributes from the row"),
            optional("consent", &E::consent, map_of(uses(NameKind::purpose), either("granted", "denied")),
                     "consent that the row shows, by purpose"),
        },
        finish_emission};
    return table;
}

void finish_signal(SignalDefinition& signal, const Node&, Reading&) {
    for (auto& property : signal.properties) {
        if (property.path.empty()) property.path = property.name;
    }
}

void finish_property(PropertyContract& property, const Node& node, Reading& reading) {
    const bool has_range = property.at_least.has_value() || property.at_most.has_value();
    const bool is_number = property.type == AttributeType::number || property.type == AttributeType::integer ||
                           property.type == AttributeType::money;
    if (has_range && !is_number) {
        reading.refuse({node.at, "unused_key", fmt::format("a {} has no at_least or at_most", to_word(property.type)),
                        "leave them out, or make it a number, integer or money"});
    }
    if (property.at_least && property.at_most && *property.at_least > *property.at_most) {
        reading.refuse({node.find("at_most")->at, "empty_range", "at_most is below at_least", "swap the two"});
    }
    if (!property.one_of.empty() && property.type != AttributeType::text) {
        reading.refuse(
            {node.find("one_of")->at, "unused_key", "one_of is for texts", "make it a text or leave it out"});
    }
}

void finish_source(SourceDefinition& source, const Node& node, Reading& reading) {
    if (source.emit.empty()) {
        reading.refuse(
            {node.find("emit")->at, "missing_value", "the source emits nothing", "list at least one emission"});
    }
    for (const auto& emission : source.emit) {
        if (!source.occurred_at.empty() || !emission.occurred_at.empty()) continue;
        reading.refuse({{emission.place.line, emission.place.column},
                        "missing_key",
                        "this emission does not say when it occurred",
                        "add occurred_at to the source or to the emission"});
    }
}

void finish_emission(SourceEmission& emission, const Node& node, Reading& reading) {
    const int meanings = (emission.signal ? 1 : 0) + (emission.profile ? 1 : 0) + (emission.assignment ? 1 : 0) +
                         (emission.account.empty() ? 0 : 1);
    if (meanings != 1) {
        reading.refuse({node.at, "one_emission", fmt::format("an emission is one thing, this one is {}", meanings),
                        "write exactly one of signal: NAME, profile: true, assignment: PILOT, account: EXPRESSION"});
        return;
    }
    if (emission.assignment && emission.arm.empty()) {
        reading.refuse(
            {node.at, "missing_key", "key 'arm' is missing", "add arm: an expression that gives the arm's name"});
    }
    if (!emission.assignment && !emission.arm.empty()) {
        reading.refuse({node.find("arm")->at, "unused_key", "only an assignment has an arm", "leave arm out"});
    }
    if (emission.assignment && !emission.values.empty()) {
        reading.refuse({node.find("values")->at, "unused_key", "an assignment has no values", "leave values out"});
    }
    if (emission.profile && emission.values.empty() && emission.consent.empty()) {
        reading.refuse({node.at, "missing_key", "a profile row needs 'values' or 'consent'",
                        "add values: {attribute: expression}, or consent: {purpose: granted}"});
    }
}

}  // namespace
}  // namespace segmentd::rules::load
