// What the tests of the store share: a folder that vanishes, and records to fill it with.
#pragma once

#include <stdlib.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "daemon/store/database.hpp"
#include "daemon/store/store.hpp"

namespace segmentd::daemon {

class StoreFolder {
  public:
    StoreFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "segmentd_store_XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~StoreFolder() { std::filesystem::remove_all(path_); }
    StoreFolder(const StoreFolder&) = delete;
    StoreFolder& operator=(const StoreFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path store() const { return path_ / "store"; }

    // Runs SQL on the store's database behind its back.
    void tamper(const std::string& sql) const {
        SQLite::Database database((store() / "segmentd.db").string(), SQLite::OPEN_READWRITE, 5000);
        database.exec(sql);
    }

  private:
    std::filesystem::path path_;
};

inline Record signal(std::uint64_t sequence, const char* customer) {
    Record record;
    record.sequence = sequence;
    record.engine_time = from_microseconds(1'000'000 * static_cast<std::int64_t>(sequence));
    record.occurred_at = from_microseconds(500'000);
    record.actor = "source:shop";
    record.customer = CustomerId(customer);
    record.payload = SignalRecord{SignalId("purchase"), {{"amount", MinorUnits{1999}}}};
    return record;
}

inline Record tick(std::uint64_t sequence) {
    Record record = signal(sequence, "");
    record.actor = "system";
    record.payload = TickRecord{};
    return record;
}

// Signals of two customers and a tick between them.
inline std::vector<Record> three_records() {
    return {signal(1, "ada"), tick(2), signal(3, "bob")};
}

inline Store open_writer(const StoreFolder& folder) {
    return std::move(Store::open(folder.store(), Store::Mode::writer)).value();
}

inline void commit(Store& store, const std::vector<Record>& records) {
    const auto committed = store.commit(records, {});
    INFO((committed ? std::string() : to_text(committed.error())));
    REQUIRE(committed.has_value());
}

inline Result<std::vector<Record>> read_all(Store& store) {
    std::vector<Record> records;
    auto read = store.read_journal(1, [&records](const Record& record) -> Result<void> {
        records.push_back(record);
        return {};
    });
    if (!read) return fail(std::move(read).error());
    return records;
}

}  // namespace segmentd::daemon
