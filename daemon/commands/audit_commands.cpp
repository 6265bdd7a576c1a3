// segmentctl audit: the quarter's papers, drawn from the store and checked without it.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/sha256.hpp"
#include "daemon/audit/packet.hpp"
#include "daemon/audit/verify.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/commands/offline.hpp"
#include "daemon/commands/output.hpp"
#include "daemon/settings/workspace_files.hpp"
#include "daemon/store/files.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

Result<std::string> workspace_in(const std::string& folder);
Result<std::optional<PublicKey>> parse_key(const std::string& text);

}  // namespace

int audit_packet_command(const CommandOptions& options, const PacketOptions& packet) {
    const auto quarter = parse_quarter(packet.quarter);
    if (!quarter) return report(quarter.error());
    if (auto outside = check_is_outside(options.data, packet.out); !outside) return report(outside.error());
    const auto workspace = workspace_in(options.workspace);
    if (!workspace) return report(workspace.error());
    auto store = Store::open(options.data, Store::Mode::reader);
    if (!store) return report(store.error());
    const auto made = make_packet(*store, *quarter, wall_now(), packet.version);
    if (!made) return report(made.error());
    if (!workspace->empty() && !made->workspace.empty()) {
        if (auto same = check_same_workspace(made->workspace, *workspace); !same) return report(same.error());
    }
    if (auto written = write_packet(*made, packet.out); !written) return report(written.error());
    if (made->records_in_quarter == 0) {
        fmt::print(stderr, "note: the journal has no record in {}; the packet is drawn all the same\n", quarter->name);
    }
    if (!made->is_over) {
        fmt::print(stderr, "note: {} is not over; the packet shows the state at {}\n", quarter->name,
                   to_text(made->state_at));
    }
    print(json::object{{"quarter", made->quarter},
                       {"out", packet.out},
                       {"files", made->files.size()},
                       {"is_over", made->is_over},
                       {"state_at", to_text(made->state_at)},
                       {"records", made->records},
                       {"records_in_quarter", made->records_in_quarter},
                       {"tree_size", made->head.head.size},
                       {"tree_root", to_hex(made->head.head.root)},
                       {"public_key", to_hex(made->head.public_key)},
                       {"manifest_sha256", made->manifest_sha256}},
          options.as_json);
    return exit_done;
}

int audit_verify_command(const std::string& folder, const std::string& key_text, bool as_json) {
    const auto key = parse_key(key_text);
    if (!key) return report(key.error());
    const auto checks = verify_packet(folder, *key);
    const auto& last = checks.back();
    if (as_json) {
        json::array rows;
        for (const auto& check : checks) {
            rows.push_back(
                {{"check", check.name}, {"passed", check.passed}, {"file", check.file}, {"what", check.what}});
        }
        print(json::object{{"passed", last.passed}, {"file", last.file}, {"checks", std::move(rows)}}, true);
        return last.passed ? exit_done : exit_wrong_input;
    }
    for (const auto& check : checks) {
        fmt::print("{} {}: {}{}{}\n", check.passed ? "PASS" : "FAIL", check.name, visible_text(check.file),
                   check.file.empty() ? "" : " ", visible_text(check.what));
    }
    fmt::print("{}\n", last.passed ? "PASS" : "FAIL " + visible_text(last.file));
    return last.passed ? exit_done : exit_wrong_input;
}

namespace {

// The papers come from the store alone. A folder that is named must still be the store's workspace, so that a
// slip does not pass unnoticed.
Result<std::string> workspace_in(const std::string& folder) {
    if (folder.empty()) return std::string();
    TRY(files, read_workspace_files(folder));
    auto book = compile_workspace(files);
    if (!book) return fail(book.error().front());
    return (*book)->definitions.workspace.name;
}

Result<std::optional<PublicKey>> parse_key(const std::string& text) {
    if (text.empty()) return std::optional<PublicKey>();
    const auto bytes = from_hex(text);
    PublicKey key{};
    if (!bytes || bytes->size() != key.size()) {
        return fail(ErrorCode::invalid, "a public key is 64 hexadecimal digits");
    }
    std::copy(bytes->begin(), bytes->end(), key.begin());
    return std::optional(key);
}

}  // namespace
}  // namespace segmentd::daemon
