#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "rules/load/kind_tables.hpp"
#include "rules/load/readers.hpp"
#include "rules/load/yaml_text.hpp"

namespace segmentd::rules::load {
namespace {

const Table<EndpointAuthentication>& authentication_table();
const Table<BasicAuthentication>& basic_table();
const Table<HmacAuthentication>& hmac_table();
const Table<RateLimit>& rate_limit_table();
Reader<BodyMapping> body_mapping();
Reader<std::map<std::string, std::string>> header_fields();
Reader<std::string> header_name();
Reader<std::string> header_text();
Reader<std::string> secret_name();
void finish_endpoint(EndpointDefinition& endpoint, const Node& node, Reading& reading);
void finish_basic(BasicAuthentication& basic, const Node& node, Reading& reading);
void finish_rate_limit(RateLimit& limit, const Node& node, Reading& reading);
void finish_authentication(EndpointAuthentication& authentication, const Node& node, Reading& reading);

}  // namespace

const Table<EndpointDefinition>& endpoint_table() {
    using E = EndpointDefinition;
    static const Table<E> table{
        "A system that receives touches and events. Its address stands in segmentd.yaml under its name.",
        {
            required("endpoint", &E::id, name<EndpointId>(declares(NameKind::endpoint)), "name of the endpoint"),
            optional("title", &E::title, text(), "the system in a few words"),
            required("owner", &E::owner, name<std::string>(uses(NameKind::person)), "who answers for it when it fails"),
            optional("mode", &E::mode, word<EndpointMode>(),
                     "shadow decides and records, live also sends; default shadow"),
            optional("events", &E::events, list_of(word<EventType>()), "what it is sent; default [touch]"),
            optional("body", &E::body, body_mapping(), "the body as CEL over event; default CloudEvents"),
            optional("content_type", &E::content_type, header_text(),
                     "of the body; default application/cloudevents+json, with a body mapping application/json"),
            optional("headers", &E::headers, header_fields(), "further headers with fixed texts"),
            optional("authentication", &E::authentication, record(authentication_table()),
                     "besides the signature of Standard Webhooks, which is always sent"),
            optional("rate_limit", &E::rate_limit, record(rate_limit_table()), "how often it may be called"),
            optional("concurrency", &E::concurrency, integer_from(1),
                     "calls under way at a time; default 8, at most 64"),
        },
        finish_endpoint};
    return table;
}

namespace {

const Table<EndpointAuthentication>& authentication_table() {
    using A = EndpointAuthentication;
    static const Table<A> table{
        "",
        {
            optional("bearer", &A::bearer, secret_name(), "name of the secret that is sent as bearer token, or"),
            optional("basic", &A::basic, record(basic_table()), "user and password, or"),
            optional("hmac", &A::hmac, record(hmac_table()), "a header with the HMAC-SHA256 of the body"),
        },
        finish_authentication};
    return table;
}

const Table<BasicAuthentication>& basic_table() {
    using B = BasicAuthentication;
    static const Table<B> table{
        "",
        {
            required("user", &B::user, text(), "the user, as it is"),
            required("password", &B::password, secret_name(), "name of the secret that is the password"),
        },
        finish_basic};
    return table;
}

const Table<HmacAuthentication>& hmac_table() {
    using H = HmacAuthentication;
    static const Table<H> table{
        "",
        {
            required("header", &H::header, header_name(), "the header that holds the code"),
            required("secret", &H::secret, secret_name(), "name of the shared secret"),
            optional("encoding", &H::encoding, word<SignatureEncoding>(), "how the code is written; default hex"),
            optional("prefix", &H::prefix, header_text(), "what stands before the code, such as sha256="),
        }};
    return table;
}

const Table<RateLimit>& rate_limit_table() {
    using R = RateLimit;
    static const Table<R> table{
        "",
        {
            required("per_second", &R::per_second, number_above(0), "calls in a second, on average; at least 0.001"),
            optional("burst", &R::burst, integer_from(1), "calls that may go at once after a pause; default 1"),
        },
        finish_rate_limit};
    return table;
}

// Names of members are the receiver's, so they may be any text.
Reader<BodyMapping> body_mapping() {
    auto expression = expression_text();
    return {{"CEL expression, or mapping of members to them",
             R"({"oneOf":[{"type":["string","number","boolean"]},{"type":"object","minProperties":1,)"
             R"("additionalProperties":{"type":["string","number","boolean"]}}]})"},
            [read = std::move(expression.read)](const Node& node, Reading& reading) -> std::optional<BodyMapping> {
                BodyMapping body;
                if (node.form != Node::Form::mapping) {
                    auto whole = read(node, reading);
                    if (!whole) return std::nullopt;
                    body.whole = std::move(*whole);
                    return body;
                }
                for (const Entry& entry : node.entries) {
                    reading.enter(entry.key);
                    if (auto member = read(entry.value, reading)) body.members.emplace(entry.key, std::move(*member));
                    reading.leave();
                }
                if (!node.entries.empty()) return body;
                reading.refuse({node.at, "missing_value", "the body has no members", "name one, or leave the key out"});
                return std::nullopt;
            }};
}

bool is_header_name(std::string_view text) {
    constexpr std::string_view signs = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::ranges::all_of(text, [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               signs.find(c) != std::string_view::npos;
    });
}

std::string in_small_letters(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return text;
}

bool is_same_header(const std::string& left, const std::string& right) {
    return in_small_letters(left) == in_small_letters(right);
}

// Headers that the daemon writes itself, or that decide where a message ends.
bool is_own_header(const std::string& name) {
    constexpr std::array<std::string_view, 8> own = {
        "host", "content-length", "content-type", "transfer-encoding", "connection", "user-agent", "expect", "upgrade"};
    return name.starts_with("webhook-") || std::ranges::find(own, name) != own.end();
}

bool is_header_of_a_secret(const std::string& name) {
    constexpr std::array<std::string_view, 7> endings = {"authorization", "cookie",   "key",      "token",
                                                         "secret",        "password", "signature"};
    return std::ranges::any_of(endings, [&](std::string_view ending) { return name.ends_with(ending); });
}

// True where the header may be chosen by a workspace.
bool refuse_unless_free(const std::string& name, Position at, Reading& reading) {
    if (!is_header_name(name)) {
        reading.refuse({at, "bad_header", fmt::format("{} is not the name of a header", shown(name)),
                        "use letters, digits and -"});
    } else if (is_own_header(in_small_letters(name))) {
        reading.refuse({at, "bad_header", fmt::format("{} is written by the daemon", shown(name)),
                        "leave it out; content_type is a key of its own"});
    } else {
        return true;
    }
    return false;
}

Reader<std::map<std::string, std::string>> header_fields() {
    auto value = header_text();
    return {
        {"mapping of headers to texts", R"({"type":"object","additionalProperties":{"type":"string"}})"},
        [read = std::move(value.read)](const Node& node,
                                       Reading& reading) -> std::optional<std::map<std::string, std::string>> {
            if (!is_mapping(node, reading)) return std::nullopt;
            std::map<std::string, std::string> headers;
            for (const Entry& entry : node.entries) {
                if (!refuse_unless_free(entry.key, entry.at, reading)) continue;
                const auto is_same = [&](const auto& other) { return is_same_header(other.first, entry.key); };
                if (std::ranges::any_of(headers, is_same)) {
                    reading.refuse({entry.at, "duplicate_key",
                                    fmt::format("the header {} stands twice", shown(entry.key)),
                                    "capitals make no difference in headers; keep one of the two"});
                    continue;
                }
                if (is_header_of_a_secret(in_small_letters(entry.key))) {
                    reading.refuse({entry.at, "literal_secret", fmt::format("{} carries a secret", shown(entry.key)),
                                    "use authentication, which names a secret that is kept elsewhere"});
                } else if (auto text = read(entry.value, reading)) {
                    headers.emplace(entry.key, std::move(*text));
                }
            }
            return headers;
        }};
}

// A line end in a header would begin another one.
Reader<std::string> header_text() {
    auto shape = text().shape;
    return {std::move(shape), [read = text().read](const Node& node, Reading& reading) -> std::optional<std::string> {
                auto value = read(node, reading);
                const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
                if (!value || std::ranges::none_of(*value, is_control)) return value;
                reading.refuse({node.at, "bad_header", "this holds a line end or another control character",
                                "write it on one line without them"});
                return std::nullopt;
            }};
}

Reader<std::string> header_name() {
    return {{"name of a header", R"({"type":"string","pattern":"^[!-9A-~]+$"})"},
            [read = text().read](const Node& node, Reading& reading) -> std::optional<std::string> {
                auto name = read(node, reading);
                if (!name || !refuse_unless_free(*name, node.at, reading)) return std::nullopt;
                return name;
            }};
}

// Many digits, or many letters without a pause.
bool reads_like_a_token(const std::string& name) {
    constexpr std::size_t longest_word = 24;
    constexpr auto most_digits = 5;
    const auto digits = std::ranges::count_if(name, [](char c) { return c >= '0' && c <= '9'; });
    return digits > most_digits || (name.size() > longest_word && name.find('_') == std::string::npos);
}

// Whatever is no name may be the secret itself, so it is not repeated.
Reader<std::string> secret_name() {
    auto shape = shape_of_name(plain_name);
    shape.form = "name of a secret";
    return {shape, [read = text().read](const Node& node, Reading& reading) -> std::optional<std::string> {
                auto name = read(node, reading);
                if (!name || (is_name(*name) && !reads_like_a_token(*name))) return name;
                reading.refuse(
                    {node.at, "literal_secret", "this reads like a secret, not like the name of one",
                     "write a name such as crm_token; secrets.crm_token in segmentd.yaml says where it is kept"});
                return std::nullopt;
            }};
}

void finish_endpoint(EndpointDefinition& endpoint, const Node& node, Reading& reading) {
    constexpr std::int64_t most_calls = 64;
    if (endpoint.events.empty()) {
        reading.refuse({node.find("events")->at, "missing_value", "the endpoint receives nothing",
                        "name at least one event, such as touch"});
    }
    for (std::size_t i = 1; i < endpoint.events.size(); ++i) {
        const auto until = endpoint.events.begin() + static_cast<std::ptrdiff_t>(i);
        if (std::find(endpoint.events.begin(), until, endpoint.events[i]) == until) continue;
        reading.refuse({node.find("events")->items.at(i).at, "duplicate_value",
                        fmt::format("{} stands twice", to_word(endpoint.events[i])), "leave one of them out"});
    }
    const auto& hmac = endpoint.authentication.hmac;
    for (const auto& [name, value] : endpoint.headers) {
        if (!hmac || !is_same_header(name, hmac->header)) continue;
        reading.refuse({node.find("headers")->at, "bad_header",
                        fmt::format("{} is the header of the HMAC and cannot be fixed too", shown(name)),
                        "leave it out of headers"});
    }
    if (endpoint.concurrency > most_calls) {
        reading.refuse({node.find("concurrency")->at, "out_of_range",
                        fmt::format("{} calls at a time are too many", endpoint.concurrency),
                        fmt::format("write {} or less", most_calls)});
    }
    if (endpoint.body.empty() && !endpoint.content_type.empty()) {
        reading.refuse({node.find("content_type")->at, "unused_key", "a CloudEvent has a content type of its own",
                        "add body, or leave content_type out"});
    }
}

// RFC 7617, section 2: the first colon ends the user.
void finish_basic(BasicAuthentication& basic, const Node& node, Reading& reading) {
    if (basic.user.find(':') == std::string::npos) return;
    reading.refuse({node.find("user")->at, "bad_user", fmt::format("{} holds a colon", shown(basic.user)),
                    "a colon parts user and password; name a user without one"});
}

void finish_rate_limit(RateLimit& limit, const Node& node, Reading& reading) {
    constexpr double least = 0.001;
    if (limit.per_second >= least) return;
    reading.refuse({node.find("per_second")->at, "out_of_range", "this allows less than a call in 1,000 seconds",
                    "write 0.001 or more; to send nothing, use mode: shadow or segmentctl pause"});
}

void finish_authentication(EndpointAuthentication& authentication, const Node& node, Reading& reading) {
    const int ways =
        (authentication.bearer.empty() ? 0 : 1) + (authentication.basic ? 1 : 0) + (authentication.hmac ? 1 : 0);
    if (ways == 1) return;
    reading.refuse({node.at, "one_authentication", fmt::format("an endpoint has one authentication, this one {}", ways),
                    "write exactly one of bearer, basic, hmac"});
}

}  // namespace
}  // namespace segmentd::rules::load
