#include "rules/load/kind_tables.hpp"
#include "rules/load/readers.hpp"

namespace segmentd::rules::load {
namespace {

const Table<TouchDefinition>& touch_table();
const Table<Dialogue>& dialogue_table();

}  // namespace

const Table<PlaybookDefinition>& playbook_table() {
    using P = PlaybookDefinition;
    static const Table<P> table{
        "How a segment is treated: value, words, channels, price, and the touches that follow.",
        {
            required("playbook", &P::id, name<PlaybookId>(declares(NameKind::playbook)), "name of the playbook"),
            optional("title", &P::title, text(), "the playbook in a few words"),
            optional("owner", &P::owner, name<std::string>(uses(NameKind::person)), "who answers for it"),
            optional("value_proposition", &P::value_proposition, text(), "what the customer gets out of it"),
            optional("messaging", &P::messaging, text(), "tone and message"),
            optional("say", &P::say, list_of(text()), "words that work"),
            optional("avoid", &P::avoid, list_of(text()), "words that harm"),
            optional("channels", &P::channels, list_of(text()), "where we speak: email, phone, in_app, ..."),
            optional("pricing", &P::pricing, text(), "what may be offered"),
            optional("features", &P::features, list_of(text()), "parts of the product to show"),
            optional("buying_committee", &P::buying_committee, list_of(text()), "who takes part in the decision"),
            optional("decision_criteria", &P::decision_criteria, list_of(text()), "what they decide by"),
            optional("dialogues", &P::dialogues, list_of(record(dialogue_table())), "examples of what to answer"),
            optional("when_results_diverge", &P::when_results_diverge, text(),
                     "what to do when results differ from the plan"),
            optional("touches", &P::touches, list_of(record(touch_table())), "planned contacts"),
            optional("existing_members", &P::existing_members, word<ExistingMembers>(),
                     "whether those who entered by import, new definitions, a refit or during a standstill of more "
                     "than five minutes are "
                     "contacted; default ignore. While what a touch to them needs is paused they wait; they are "
                     "contacted once it is resumed"),
        }};
    return table;
}

namespace {

const Table<TouchDefinition>& touch_table() {
    using T = TouchDefinition;
    static const Table<T> table{
        "",
        {
            required("touch", &T::id, name<TouchId>(declares(NameKind::touch)), "name of the touch"),
            optional("title", &T::title, text(), "the touch in a few words"),
            optional("when", &T::when, word<TouchTrigger>(), "what sets it off; default entered"),
            optional("team", &T::team, one_of({"marketing", "sales", "support", "product"}), "whose touch it is"),
            optional("channel", &T::channel, text(), "email, phone, in_app, ..."),
            required("purpose", &T::purpose, reference<PurposeId>(NameKind::purpose),
                     "without consent for it nothing is sent"),
            required("endpoint", &T::endpoint, reference<EndpointId>(NameKind::endpoint),
                     "the system that carries it out"),
            optional("message", &T::message, text(), "what is said"),
            optional("cost", &T::cost, cost(), "what one touch costs"),
        }};
    return table;
}

const Table<Dialogue>& dialogue_table() {
    static const Table<Dialogue> table{"",
                                       {
                                           required("customer", &Dialogue::customer, text(), "what the customer says"),
                                           required("us", &Dialogue::us, text(), "what we answer"),
                                       }};
    return table;
}

}  // namespace
}  // namespace segmentd::rules::load
