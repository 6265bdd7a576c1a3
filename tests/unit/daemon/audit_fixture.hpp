// A store with the life of a small shop, and a packet made from it, for the tests of the audit.
#pragma once

#include <fstream>
#include <sstream>

#include "daemon/audit/packet.hpp"
#include "daemon/audit/packet_reader.hpp"
#include "tests/unit/daemon/engine_fixture.hpp"
#include "tests/unit/daemon/store_fixture.hpp"

namespace segmentd::tests {

inline constexpr std::string_view buyers_rules = R"(
feature: orders_10d
signal: purchase
compute: count
window: 10d
---
segment: buyers
steward: dana
playbook: thanks
enter: feature.orders_10d >= 1
---
playbook: thanks
touches:
  - {touch: thank_you, purpose: care, endpoint: crm}
  - {touch: goodbye, when: left, purpose: offers, endpoint: crm}
---
endpoint: crm
mode: live
owner: dana
)";

using Rows = std::vector<std::map<std::string, std::string>>;

class AuditedStore {
  public:
    AuditedStore() : store_(daemon::open_writer(folder_)) {}

    // Appends them as they stand and signs the tree head.
    void live(std::vector<Record> records) {
        for (auto& record : records) {
            record.sequence = ++last_;
            const auto* token = std::get_if<TokenRecord>(&record.payload);
            if (token != nullptr && token->action == TokenAction::created)
                REQUIRE(store_.expect_token(*token, sha256(token->id), record.received_at));
        }
        daemon::commit(store_, records);
        REQUIRE(store_.sign_head());
    }

    Result<daemon::Packet> draw(std::string_view quarter, std::string_view now = "2030-01-01") {
        auto reader = daemon::Store::open(folder_.store(), daemon::Store::Mode::reader);
        REQUIRE(reader);
        return daemon::make_packet(*reader, daemon::parse_quarter(quarter).value(), at(now), "0.0.0");
    }

    // The rows of one paper of a quarter.
    Rows paper(std::string_view quarter, const std::string& name) {
        const auto packet = draw(quarter);
        INFO((packet ? std::string() : to_text(packet.error())));
        REQUIRE(packet);
        for (const auto& file : packet->files) {
            if (file.name != name) continue;
            const auto path = folder_.path() / name;
            std::ofstream(path, std::ios::binary) << file.bytes;
            return daemon::rows_of(daemon::read_paper(path).value());
        }
        FAIL("the packet has no " << name);
        return {};
    }

    daemon::Store& store() { return store_; }
    std::filesystem::path path() const { return folder_.path(); }

  private:
    daemon::StoreFolder folder_;
    daemon::Store store_;
    std::uint64_t last_ = 0;
};

// The values of a row's columns, parted by blanks.
inline std::string cells(const Rows& rows, std::size_t index, std::initializer_list<const char*> columns) {
    REQUIRE(index < rows.size());
    std::string text;
    for (const auto* column : columns) text += (text.empty() ? "" : " ") + rows[index].at(column);
    return text;
}

}  // namespace segmentd::tests
