// The records of the journal: everything that can change the state, in one total order.
//
// A record carries what happened (its payload), to whom (the customer, empty for records of the
// whole workspace), when (claimed, received, and the engine time given at append) and who did it.
// The state of the daemon is the fold of these records and of nothing else.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "base/attribute.hpp"
#include "base/ids.hpp"
#include "base/timestamp.hpp"

namespace segmentd {

// A customer did something that a contract describes.
struct SignalRecord {
    SignalId signal;
    Attributes properties;
    bool operator==(const SignalRecord&) const = default;
};

// Attributes of a customer became known; named ones replace, the others stay.
struct ProfileRecord {
    Attributes attributes;
    bool operator==(const ProfileRecord&) const = default;
};

// The customer's answer about purposes travels in Record::consent; this record carries nothing else.
struct ConsentRecord {
    bool operator==(const ConsentRecord&) const = default;
};

// Suppression stops every touch to a customer, whatever they consented to, until it is lifted.
struct SuppressionRecord {
    bool suppressed = true;
    bool operator==(const SuppressionRecord&) const = default;
};

// A customer was put into an arm by somebody else's randomisation.
struct AssignmentRecord {
    PilotId pilot;
    std::string arm;
    bool operator==(const AssignmentRecord&) const = default;
};

// These files are the running definitions from here on.
struct WorkspaceRecord {
    std::string version;
    std::map<std::string, std::string> files;
    bool operator==(const WorkspaceRecord&) const = default;
};

// A model was fitted; its scores follow these parameters from here on.
struct ModelRecord {
    ModelId model;
    std::string type;
    std::int64_t version = 0;  // 1, 2, 3 ... within the model
    Timestamp as_of{};
    std::int64_t customers = 0;
    double log_likelihood = 0;
    std::map<std::string, double> parameters;
    bool operator==(const ModelRecord&) const = default;
};

// Time passed and a timer was due. During catch-up after a long silence nothing may leave. One that greets is
// made when the daemon has started or new definitions are in force: members who entered in silence are contacted
// then where their playbook asks for it.
struct TickRecord {
    bool catch_up = false;
    bool greets = false;
    bool spares_paused = false;  // who greets in older records decides about them too, and refuses for good
    bool operator==(const TickRecord&) const = default;
};

// The engine clock was tied to the wall clock: engine = Record::engine_time at wall = received_at.
struct ClockRecord {
    bool operator==(const ClockRecord&) const = default;
};

enum class DeliveryOutcome { delivered, failed, given_up };

// What became of one attempt to send a touch or an event.
struct DeliveryRecord {
    std::string touch;  // the effect's id
    DeliveryOutcome outcome = DeliveryOutcome::delivered;
    std::int64_t attempt = 1;
    std::int64_t status = 0;  // HTTP status, 0 where there was none
    std::string detail;
    std::string cause{};              // one word where it was not delivered: "timeout", "http_5xx", "gone", ...
    std::int64_t retry_in_ms = 0;     // of a failure: when the next attempt is due, counted from this record
    std::int64_t leave_alone_ms = 0;  // for so long the endpoint wants nothing at all: Retry-After of 429 and 503
    bool operator==(const DeliveryRecord&) const = default;
};

// A drift monitor raised an alarm, or a segment broke a limit: a fact about many customers, recorded as it was seen.
// Of a limit, the reference is its border, estimate, lower and upper are the size or share, and the observations are
// all known customers.
struct AlarmRecord {
    std::string monitor;  // the segment watched
    std::int64_t day = 0;
    double reference = 0;
    double estimate = 0;
    double lower = 0;
    double upper = 0;
    std::int64_t observations = 0;
    std::string limit{};  // "share at most 30 %"; empty for drift
    bool operator==(const AlarmRecord&) const = default;
};

// A customer met the arm they were assigned to: the product asked, or a touch of the arm left.
struct ExposureRecord {
    PilotId pilot;
    std::string arm;
    bool operator==(const ExposureRecord&) const = default;
};

// What an operator can stop: a playbook contacts nobody, a pilot enrols nobody and its arms contact
// nobody, an endpoint is sent nothing.
enum class PauseTarget { playbook, pilot, endpoint };

struct PauseRecord {
    PauseTarget target = PauseTarget::playbook;
    std::string name;
    bool paused = true;  // false: resumed
    bool operator==(const PauseRecord&) const = default;
};

// What a person does about a review. The first two leave it open.
enum class ReviewAction { acknowledge, snooze, keep, recalibrate, refresh, retire };

struct ReviewRecord {
    std::int64_t review = 0;
    ReviewAction action = ReviewAction::acknowledge;
    Timestamp until{};  // of a snooze
    bool operator==(const ReviewRecord&) const = default;
};

enum class LearningSubject { segment, pilot };
enum class LearningCause { data_gap, process, market, hypothesis };

// What people learned about a segment or from a pilot, failures too.
struct LearningRecord {
    LearningSubject subject = LearningSubject::segment;
    std::string name;
    LearningCause cause = LearningCause::hypothesis;
    std::string text;
    bool operator==(const LearningRecord&) const = default;
};

// A person asked for one touch to a tester that the workspace lists.
struct TesterTouchRecord {
    PlaybookId playbook;
    TouchId touch;
    std::string tester;
    bool operator==(const TesterTouchRecord&) const = default;
};

// An event that went out before (or was given up) is to be sent again, under its id.
struct ResendRecord {
    std::string id;
    EndpointId endpoint;
    std::string type;
    Timestamp at{};
    std::string data;  // JSON object
    bool operator==(const ResendRecord&) const = default;
};

enum class PilotVerdict { leading, lagging };

// A pilot was decided at its date, by the rule that stood in its definition.
struct PilotDecisionRecord {
    PilotId pilot;
    PilotVerdict verdict = PilotVerdict::leading;
    std::string decision;  // "ship", "roll_back", "confirm", "review", "revert"
    std::string arm;       // to ship or confirm
    std::string because;   // the line that decided and the values it saw
    bool operator==(const PilotDecisionRecord&) const = default;
};

enum class TokenAction { created, revoked };

// An access token was given out or taken back: for the audit, without effect on customers. Neither its secret
// nor the secret's hash is here.
struct TokenRecord {
    std::string id;
    std::string name;
    std::string role;
    TokenAction action = TokenAction::created;
    Timestamp expires_at{};  // wall clock
    bool operator==(const TokenRecord&) const = default;
};

enum class Verdict { different, no_measurable_difference, not_enough_data };

inline constexpr const char* all_non_members = "non_members";

// One metric of a segment's members beside that of other customers.
struct ValidationOutcome {
    MetricId metric;
    std::string against;  // all_non_members, or the name of the neighbouring segment
    std::int64_t customers = 0;
    std::int64_t other_customers = 0;
    double mean = 0;
    double other_mean = 0;
    double lower = 0;  // of the difference mean - other_mean, at 95 %
    double upper = 0;
    double p_value = 1;
    double p_adjusted = 1;
    bool in_sample = false;  // a model that decides about members was fitted on this period
    Verdict verdict = Verdict::not_enough_data;
    bool operator==(const ValidationOutcome&) const = default;
};

// A segment was held against what its members did later: a finding about many customers.
struct ValidationRecord {
    SegmentId segment;
    std::string version;  // of the definitions
    Timestamp from{};     // members as of here, outcomes from here on
    Timestamp until{};    // excluded
    std::int64_t members = 0;
    SegmentId neighbour;  // empty where there is none
    // all_non_members and the neighbour, those of the two from whom members did not measurably differ. Empty where they
    // differed, and in records older than this member.
    std::vector<std::string> no_difference_from;
    std::vector<ValidationOutcome> outcomes;
    Verdict verdict = Verdict::not_enough_data;
    std::vector<std::string> warnings;
    bool operator==(const ValidationRecord&) const = default;
};

// The customer belongs to this account from Record::occurred_at on. Attributes of the account became known; named
// ones replace, the others stay.
struct GroupRecord {
    std::string account;
    Attributes attributes;
    bool operator==(const GroupRecord&) const = default;
};

// The order of the alternatives is the number stored in the journal: append, never reorder.
using Payload = std::variant<WorkspaceRecord, SignalRecord, ProfileRecord, ConsentRecord, SuppressionRecord,
                             AssignmentRecord, ModelRecord, TickRecord, ClockRecord, DeliveryRecord, AlarmRecord,
                             ExposureRecord, PauseRecord, ReviewRecord, LearningRecord, TesterTouchRecord, ResendRecord,
                             PilotDecisionRecord, TokenRecord, ValidationRecord, GroupRecord>;

enum class RecordType : std::uint16_t {
    workspace = 1,
    signal,
    profile,
    consent,
    suppression,
    assignment,
    model,
    tick,
    clock,
    delivery,
    alarm,
    exposure,
    pause,
    review,
    learning,
    tester_touch,
    resend,
    pilot_decision,
    token,
    validation,
    group,
};

struct Record {
    std::uint64_t sequence = 0;           // 1, 2, 3 ... without a gap
    Timestamp engine_time{};              // never decreasing
    Timestamp occurred_at{};              // claimed
    Timestamp received_at{};              // wall clock
    std::string actor;                    // "system", "token:NAME", "person:NAME", "source:NAME"
    std::string reason;                   // where a person acted
    bool historical = false;              // came by import: nobody is contacted because of it
    std::string message_id;               // for deduplication; empty where there is none
    CustomerId customer;                  // empty for records of the whole workspace
    std::map<std::string, bool> consent;  // purpose -> granted, given together with the record
    Payload payload;
    bool operator==(const Record&) const = default;
};

inline RecordType type_of(const Record& record) {
    return static_cast<RecordType>(record.payload.index() + 1);
}

// "signal", "profile", ... as printed and stored.
const char* to_word(RecordType type);

inline constexpr std::uint16_t record_schema_version = 1;

// What the journal shows to everybody: no personal data, so that it can stay after an erasure.
struct RecordHeader {
    std::uint64_t sequence = 0;
    RecordType type = RecordType::tick;
    Timestamp engine_time{};
    std::uint16_t schema = record_schema_version;
    std::array<std::uint8_t, 32> payload_hash{};  // SHA-256 of the ciphertext
};

// The 52 bytes whose hash is the Merkle leaf: sequence (8), type (2), engine time in microseconds
// (8), schema (2), payload hash (32); numbers big-endian.
std::array<std::uint8_t, 52> header_bytes(const RecordHeader& header);

// The payload as canonical JSON (RFC 8785), and back. Everything of the record but sequence,
// engine_time and type is in it.
std::string encode_payload(const Record& record);
Result<Record> decode_payload(RecordType type, std::string_view json);

}  // namespace segmentd
