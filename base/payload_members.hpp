// The form of a payload, {"actor":...,"data":{...},"occurred_at":...}: which members it has, in
// canonical order. Writing (encode_payload.cpp) and reading (decode_payload.cpp) both follow it.
//
// A member that has its default value is left out, so a member that is there says something.
// JSON numbers hold integers up to 2^53 - 1 from zero and nothing else:
//   integers, times (microseconds since 1970), money   42, beyond that "9007199254740993"
//   doubles                                            "1.5", the shortest decimal that reads back exactly
// Attributes carry their type:
//   text "a"   boolean true   integer 42 or {"i":"9007199254740993"}   number {"n":"1.5"}
//   money {"m":1999}   time {"t":1262304000000000}
// Texts are UTF-8; other bytes are kept as they are rather than lost.
#pragma once

#include <cstdint>

#include "base/canonical_json.hpp"
#include "base/choices.hpp"
#include "base/records.hpp"

namespace segmentd::payload {

inline bool fits_json_number(std::int64_t number) {
    return number >= -CanonicalJsonWriter::largest_integer && number <= CanonicalJsonWriter::largest_integer;
}

template <typename Visit>
void visit_members(Visit& visit, const Record*) {
    visit("actor", &Record::actor);
    visit("consent", &Record::consent);
    visit("customer", &Record::customer);
    visit("data", &Record::payload);
    visit("historical", &Record::historical);
    visit("message_id", &Record::message_id);
    visit("occurred_at", &Record::occurred_at);
    visit("reason", &Record::reason);
    visit("received_at", &Record::received_at);
}

template <typename Visit>
void visit_members(Visit& visit, const WorkspaceRecord*) {
    visit("files", &WorkspaceRecord::files);
    visit("version", &WorkspaceRecord::version);
}

template <typename Visit>
void visit_members(Visit& visit, const SignalRecord*) {
    visit("properties", &SignalRecord::properties);
    visit("signal", &SignalRecord::signal);
}

template <typename Visit>
void visit_members(Visit& visit, const ProfileRecord*) {
    visit("attributes", &ProfileRecord::attributes);
}

template <typename Visit>
void visit_members(Visit&, const ConsentRecord*) {}

template <typename Visit>
void visit_members(Visit& visit, const SuppressionRecord*) {
    visit("suppressed", &SuppressionRecord::suppressed);
}

template <typename Visit>
void visit_members(Visit& visit, const AssignmentRecord*) {
    visit("arm", &AssignmentRecord::arm);
    visit("pilot", &AssignmentRecord::pilot);
}

template <typename Visit>
void visit_members(Visit& visit, const ModelRecord*) {
    visit("as_of", &ModelRecord::as_of);
    visit("customers", &ModelRecord::customers);
    visit("log_likelihood", &ModelRecord::log_likelihood);
    visit("model", &ModelRecord::model);
    visit("parameters", &ModelRecord::parameters);
    visit("type", &ModelRecord::type);
    visit("version", &ModelRecord::version);
}

template <typename Visit>
void visit_members(Visit& visit, const TickRecord*) {
    visit("catch_up", &TickRecord::catch_up);
    visit("greets", &TickRecord::greets);
    visit("spares_paused", &TickRecord::spares_paused);
}

template <typename Visit>
void visit_members(Visit&, const ClockRecord*) {}

template <typename Visit>
void visit_members(Visit& visit, const DeliveryRecord*) {
    visit("attempt", &DeliveryRecord::attempt);
    visit("cause", &DeliveryRecord::cause);
    visit("detail", &DeliveryRecord::detail);
    visit("leave_alone_ms", &DeliveryRecord::leave_alone_ms);
    visit("outcome", &DeliveryRecord::outcome);
    visit("retry_in_ms", &DeliveryRecord::retry_in_ms);
    visit("status", &DeliveryRecord::status);
    visit("touch", &DeliveryRecord::touch);
}

template <typename Visit>
void visit_members(Visit& visit, const AlarmRecord*) {
    visit("day", &AlarmRecord::day);
    visit("estimate", &AlarmRecord::estimate);
    visit("limit", &AlarmRecord::limit);
    visit("lower", &AlarmRecord::lower);
    visit("monitor", &AlarmRecord::monitor);
    visit("observations", &AlarmRecord::observations);
    visit("reference", &AlarmRecord::reference);
    visit("upper", &AlarmRecord::upper);
}

template <typename Visit>
void visit_members(Visit& visit, const ExposureRecord*) {
    visit("arm", &ExposureRecord::arm);
    visit("pilot", &ExposureRecord::pilot);
}

template <typename Visit>
void visit_members(Visit& visit, const PauseRecord*) {
    visit("name", &PauseRecord::name);
    visit("paused", &PauseRecord::paused);
    visit("target", &PauseRecord::target);
}

template <typename Visit>
void visit_members(Visit& visit, const ReviewRecord*) {
    visit("action", &ReviewRecord::action);
    visit("review", &ReviewRecord::review);
    visit("until", &ReviewRecord::until);
}

template <typename Visit>
void visit_members(Visit& visit, const LearningRecord*) {
    visit("cause", &LearningRecord::cause);
    visit("name", &LearningRecord::name);
    visit("subject", &LearningRecord::subject);
    visit("text", &LearningRecord::text);
}

template <typename Visit>
void visit_members(Visit& visit, const TesterTouchRecord*) {
    visit("playbook", &TesterTouchRecord::playbook);
    visit("tester", &TesterTouchRecord::tester);
    visit("touch", &TesterTouchRecord::touch);
}

template <typename Visit>
void visit_members(Visit& visit, const ResendRecord*) {
    visit("at", &ResendRecord::at);
    visit("data", &ResendRecord::data);
    visit("endpoint", &ResendRecord::endpoint);
    visit("id", &ResendRecord::id);
    visit("type", &ResendRecord::type);
}

template <typename Visit>
void visit_members(Visit& visit, const PilotDecisionRecord*) {
    visit("arm", &PilotDecisionRecord::arm);
    visit("because", &PilotDecisionRecord::because);
    visit("decision", &PilotDecisionRecord::decision);
    visit("pilot", &PilotDecisionRecord::pilot);
    visit("verdict", &PilotDecisionRecord::verdict);
}

template <typename Visit>
void visit_members(Visit& visit, const TokenRecord*) {
    visit("action", &TokenRecord::action);
    visit("expires_at", &TokenRecord::expires_at);
    visit("id", &TokenRecord::id);
    visit("name", &TokenRecord::name);
    visit("role", &TokenRecord::role);
}

template <typename Visit>
void visit_members(Visit& visit, const ValidationOutcome*) {
    visit("against", &ValidationOutcome::against);
    visit("customers", &ValidationOutcome::customers);
    visit("in_sample", &ValidationOutcome::in_sample);
    visit("lower", &ValidationOutcome::lower);
    visit("mean", &ValidationOutcome::mean);
    visit("metric", &ValidationOutcome::metric);
    visit("other_customers", &ValidationOutcome::other_customers);
    visit("other_mean", &ValidationOutcome::other_mean);
    visit("p_adjusted", &ValidationOutcome::p_adjusted);
    visit("p_value", &ValidationOutcome::p_value);
    visit("upper", &ValidationOutcome::upper);
    visit("verdict", &ValidationOutcome::verdict);
}

template <typename Visit>
void visit_members(Visit& visit, const ValidationRecord*) {
    visit("from", &ValidationRecord::from);
    visit("members", &ValidationRecord::members);
    visit("neighbour", &ValidationRecord::neighbour);
    visit("no_difference_from", &ValidationRecord::no_difference_from);
    visit("outcomes", &ValidationRecord::outcomes);
    visit("segment", &ValidationRecord::segment);
    visit("until", &ValidationRecord::until);
    visit("verdict", &ValidationRecord::verdict);
    visit("version", &ValidationRecord::version);
    visit("warnings", &ValidationRecord::warnings);
}

template <typename Visit>
void visit_members(Visit& visit, const GroupRecord*) {
    visit("account", &GroupRecord::account);
    visit("attributes", &GroupRecord::attributes);
}

}  // namespace segmentd::payload
