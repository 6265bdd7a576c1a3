// segmentctl token: through the daemon where one is named, else in the store itself, whose lock is then taken for
// every change.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <filesystem>

#include "daemon/commands/commands.hpp"
#include "daemon/commands/daemon_call.hpp"
#include "daemon/commands/offline.hpp"
#include "daemon/commands/output.hpp"
#include "daemon/serve/tokens.hpp"
#include "daemon/store/store.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

int show(const CommandOptions& options, const Result<json::value>& answer);
Result<json::value> create_in_daemon(const CommandOptions& options, const TokenOptions& token);
Result<json::value> create_in_store(const CommandOptions& options, const TokenOptions& token);
Result<json::value> list_in_store(const CommandOptions& options);
Result<json::value> revoke_in_store(const CommandOptions& options, const std::string& id_or_name);
Result<Store> open_for_a_change(const std::string& data);
Result<Record> append(Store& store, TokenRecord token);

}  // namespace

int token_create_command(const CommandOptions& options, const TokenOptions& token) {
    const auto answer = options.url.empty() ? create_in_store(options, token) : create_in_daemon(options, token);
    if (answer) fmt::print(stderr, "note: the secret is shown this once; it is kept nowhere\n");
    return show(options, answer);
}

int token_list_command(const CommandOptions& options) {
    if (options.url.empty()) return show(options, list_in_store(options));
    HttpCall call;
    call.method = "GET";
    return show(options, call_daemon(options, "/api/v1/tokens", std::move(call)));
}

int token_revoke_command(const CommandOptions& options, const std::string& id_or_name) {
    if (options.url.empty()) return show(options, revoke_in_store(options, id_or_name));
    const auto is_plain = [](char c) {
        return c > ' ' && c < 0x7F && std::string_view("/?#%").find(c) == std::string_view::npos;
    };
    if (!std::ranges::all_of(id_or_name, is_plain)) {
        return report(
            Error{ErrorCode::invalid, fmt::format("'{}' is no id or name of a token", id_or_name), {}, {}, {}});
    }
    HttpCall call;
    call.method = "DELETE";
    return show(options, call_daemon(options, "/api/v1/tokens/" + id_or_name, std::move(call)));
}

namespace {

int show(const CommandOptions& options, const Result<json::value>& answer) {
    if (!answer) return report(answer.error());
    print(*answer, options.as_json);
    return exit_done;
}

Result<json::value> create_in_daemon(const CommandOptions& options, const TokenOptions& token) {
    json::object wish{{"role", token.role}, {"expires", token.expires_in}};
    if (!token.name.empty()) wish["name"] = token.name;
    HttpCall call;
    call.headers.emplace_back("Content-Type", "application/json");
    call.body = json::serialize(wish);
    return call_daemon(options, "/api/v1/tokens", std::move(call));
}

Result<json::value> create_in_store(const CommandOptions& options, const TokenOptions& wish) {
    const auto now = wall_now();
    TRY(token, make_token({wish.role, wish.expires_in, wish.name}, now));
    TRY(store, open_for_a_change(options.data));
    if (auto expected = store.expect_token(token.record, token.hash, now); !expected) {
        return fail(std::move(expected).error());
    }
    TRY(record, append(store, token.record));
    auto answer = token_json(stored_token(token, record), record.received_at);
    answer["secret"] = token.secret;
    return json::value(std::move(answer));
}

Result<json::value> list_in_store(const CommandOptions& options) {
    TRY(store, Store::open(options.data, Store::Mode::reader));
    TRY(tokens, store.tokens());
    json::array rows;
    for (const auto& token : tokens) rows.push_back(token_json(token, wall_now()));
    return json::value(std::move(rows));
}

Result<json::value> revoke_in_store(const CommandOptions& options, const std::string& id_or_name) {
    TRY(store, open_for_a_change(options.data));
    TRY(tokens, store.tokens());
    TRY(revocation, make_revocation(tokens, id_or_name, wall_now()));
    TRY(record, append(store, revocation));
    return json::value{{"id", revocation.id}, {"revoked_at", to_text(record.received_at)}};
}

// A store that exists and holds definitions, with its journal read. Opening a writer would make a new one.
Result<Store> open_for_a_change(const std::string& data) {
    constexpr const char* hint = "start segmentd on this folder first, or name another one";
    if (!std::filesystem::exists(std::filesystem::path(data) / "segmentd.db")) {
        return fail(ErrorCode::not_found, fmt::format("there is no store in {}", data), hint);
    }
    TRY(store, Store::open(data, Store::Mode::writer));
    TRY(summary, store.read_journal(1, [](const Record&) { return Result<void>(); }));
    if (summary.head.size == 0) return fail(ErrorCode::not_found, "the store holds no workspace yet", hint);
    return std::move(store);
}

// The record has the engine time of its predecessor, so that no timer fires because of it: what became due
// meanwhile is the daemon's to catch up with, without contacting anybody.
Result<Record> append(Store& store, TokenRecord token) {
    Record record;
    record.sequence = store.record_count() + 1;
    record.engine_time = store.engine_time();
    record.occurred_at = record.engine_time;
    record.received_at = wall_now();
    record.actor = "person:operator";
    record.payload = std::move(token);
    if (auto committed = store.commit({&record, 1}, {}); !committed) return fail(std::move(committed).error());
    if (auto head = store.sign_head(); !head) return fail(std::move(head).error());
    return record;
}

}  // namespace
}  // namespace segmentd::daemon
