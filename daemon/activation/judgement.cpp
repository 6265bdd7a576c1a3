#include "daemon/activation/judgement.hpp"

#include "daemon/engine/outgoing.hpp"

namespace segmentd::daemon {
namespace {

constexpr int gone = 410;
constexpr int too_many_requests = 429;

const char* cause_of(CallFault fault);
const char* cause_of_status(int status);

}  // namespace

Judgement judge(const HttpOutcome& outcome) {
    Judgement judgement;
    judgement.status = outcome.status;
    if (outcome.status >= 200 && outcome.status < 300) return judgement;
    judgement.kind = Judgement::Kind::failed;
    judgement.detail = outcome.error;
    judgement.retry_after = outcome.retry_after;
    judgement.cause = outcome.status == 0 ? cause_of(outcome.fault) : cause_of_status(outcome.status);
    judgement.is_endpoint_at_fault = is_fault_of_endpoint(judgement.status, judgement.cause);
    if (outcome.status == gone) {
        judgement.kind = Judgement::Kind::given_up;
        judgement.disables = true;
    } else if (equals_ignoring_case(find_header(outcome.headers, "webhook-delivery"), "abort-message")) {
        judgement.kind = Judgement::Kind::given_up;
        judgement.cause = "abort_message";
    }
    return judgement;
}

Judgement cannot_be_mapped(std::string detail) {
    Judgement judgement;
    judgement.kind = Judgement::Kind::given_up;
    judgement.cause = "body_mapping";
    judgement.detail = std::move(detail);
    return judgement;
}

namespace {

const char* cause_of(CallFault fault) {
    switch (fault) {
        case CallFault::none:
        case CallFault::stopped: return "stopped";
        case CallFault::wrong_call: return "url";
        case CallFault::look_up: return "name";
        case CallFault::address_refused: return "address_refused";
        case CallFault::connect: return "connect";
        case CallFault::tls: return "tls";
        case CallFault::timeout: return "timeout";
        case CallFault::broken_answer: return "answer";
    }
    return "answer";
}

const char* cause_of_status(int status) {
    if (status == gone) return "gone";
    if (status == too_many_requests) return "http_429";
    if (status >= 500) return "http_5xx";
    return status >= 400 ? "http_4xx" : "http_3xx";
}

}  // namespace
}  // namespace segmentd::daemon
