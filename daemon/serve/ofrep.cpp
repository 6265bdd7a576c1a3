// OpenFeature Remote Evaluation Protocol 0.3.0: a pilot is a flag, its arm the variant.
#include <algorithm>
#include <boost/json.hpp>

#include "base/sha256.hpp"
#include "daemon/serve/routes.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

HttpResponse answer(int status, const json::value& body) {
    return {.status = status, .body = json::serialize(body), .headers = {}};
}

json::object failure(const std::string& key, const char* code, const char* details) {
    json::object body{{"errorCode", code}, {"errorDetails", details}};
    if (!key.empty()) body["key"] = key;
    return body;
}

// The customer a request is about, or the failure to answer with.
tl::expected<CustomerId, HttpResponse> targeting_key(const RoutedRequest& request, const std::string& key) {
    boost::system::error_code error;
    const auto value = json::parse(request.http.body, error);
    if (error || !value.is_object()) {
        return tl::unexpected(answer(400, failure(key, "PARSE_ERROR", "the body is not a JSON object")));
    }
    const auto* context = value.get_object().if_contains("context");
    if (context == nullptr || !context->is_object()) {
        return tl::unexpected(answer(400, failure(key, "INVALID_CONTEXT", "context must be an object")));
    }
    const auto* target = context->get_object().if_contains("targetingKey");
    if (target == nullptr || !target->is_string() || target->get_string().empty()) {
        return tl::unexpected(
            answer(400, failure(key, "TARGETING_KEY_MISSING", "context.targetingKey names the customer")));
    }
    return CustomerId(std::string(target->get_string()));
}

// The arm that treats the customer: none before enrolment, and none once the arm left the definitions.
const rules::ArmDefinition* arm_for(const Engine& engine, const rules::PilotDefinition& pilot, const CustomerId& id) {
    const auto index = engine.population().find(id);
    if (!index) return nullptr;
    const auto& enrolments = engine.population().at(*index).rest->enrolments;
    const auto enrolment = enrolments.find(pilot.id);
    return enrolment == enrolments.end() ? nullptr : Pilots::arm_of(pilot, enrolment->second);
}

// What the pilot says of a customer. Without an arm there is no value: the product uses its own default.
json::object evaluate(const Engine& engine, const rules::PilotDefinition& pilot, const CustomerId& id) {
    json::object flag{{"key", pilot.id.text}};
    const std::string phase = pilot_phase(pilot, engine.engine_time());
    flag["metadata"] = json::object{{"phase", phase}, {"version", engine.population().book().definitions.version}};
    const auto* arm = arm_for(engine, pilot, id);
    if (arm == nullptr) {
        flag["reason"] = phase == "ended" ? "DISABLED" : "UNKNOWN";
        return flag;
    }
    flag["reason"] = "SPLIT";
    flag["value"] = arm->name;
    flag["variant"] = arm->name;
    return flag;
}

// One flag asked for by a server's SDK. Those of the first generation take an answer without value for a
// broken one, and both generations use the code default where the flag is not found; so a customer
// without an arm does not find it.
HttpResponse answer_for(const Engine& engine, const rules::PilotDefinition& pilot, const CustomerId& id) {
    if (arm_for(engine, pilot, id) != nullptr) return answer(200, evaluate(engine, pilot, id));
    auto body = failure(pilot.id.text, "FLAG_NOT_FOUND", "the customer has no arm in this pilot; use the code default");
    body["metadata"] = evaluate(engine, pilot, id).at("metadata");
    return answer(404, body);
}

// RFC 9110, 13.1.2: a list of tags or *, compared weakly.
bool names_tag(std::string_view header, std::string_view tag) {
    while (!header.empty()) {
        const auto comma = std::min(header.find(','), header.size());
        auto one = header.substr(0, comma);
        header.remove_prefix(std::min(comma + 1, header.size()));
        one.remove_prefix(std::min(one.find_first_not_of(" \t"), one.size()));
        one = one.substr(0, one.find_last_not_of(" \t") + 1);
        if (one.starts_with("W/")) one.remove_prefix(2);
        if (one == tag || one == "*") return true;
    }
    return false;
}

// The first answer that names an arm is the customer's exposure; it is recorded once, in its own time.
void record_exposure(ServeContext& context, const Engine& engine, const rules::PilotDefinition& pilot,
                     const CustomerId& id, const std::string& actor) {
    const auto* arm = arm_for(engine, pilot, id);
    if (arm == nullptr) return;
    if (engine.population().at(*engine.population().find(id)).rest->enrolments.at(pilot.id).exposed_at) return;
    Record record;
    record.received_at = context.host.wall_now();
    record.occurred_at = context.host.engine_now();
    record.actor = actor;
    record.customer = id;
    record.message_id = "exposure:" + pilot.id.text;
    record.payload = ExposureRecord{pilot.id, arm->name};
    Intake intake;
    intake.records.push_back(std::move(record));
    context.host.offer(std::move(intake));
}

}  // namespace

void answer_one_flag(ServeContext& context, RoutedRequest request, Respond respond) {
    const auto key = request.open_parts.front();
    auto customer = targeting_key(request, key);
    if (!customer) return respond(std::move(customer).error());
    const bool asked =
        context.host.ask([&context, key, customer = *customer, actor = request.actor, respond](Engine& engine) {
            const auto* pilot = rules::find(engine.population().book().definitions.pilots, PilotId(key));
            if (pilot == nullptr) return respond(answer(404, failure(key, "FLAG_NOT_FOUND", "there is no such pilot")));
            respond(answer_for(engine, *pilot, customer));
            record_exposure(context, engine, *pilot, customer, actor);
        });
    if (!asked) respond(busy_response(context));
}

void answer_all_flags(ServeContext& context, RoutedRequest request, Respond respond) {
    auto customer = targeting_key(request, "");
    if (!customer) return respond(std::move(customer).error());
    const std::string known_tag(request.http.header("if-none-match"));
    const bool asked = context.host.ask([customer = *customer, known_tag, respond](Engine& engine) {
        json::array flags;
        for (const auto& pilot : engine.population().book().definitions.pilots) {
            flags.push_back(evaluate(engine, pilot, customer));
        }
        auto response = answer(200, json::object{{"flags", std::move(flags)}});
        const auto digest = sha256(response.body);
        const auto tag = '"' + to_hex(std::span(digest).first<16>()) + '"';
        if (names_tag(known_tag, tag)) response = {.status = 304, .body = {}, .headers = {}};
        response.headers.emplace_back("ETag", tag);
        respond(std::move(response));
    });
    if (!asked) respond(busy_response(context));
}

}  // namespace segmentd::daemon
