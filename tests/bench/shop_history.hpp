// A shop with a past: a store that holds the workspace and imported purchases, written the way the daemon writes it,
// through an engine and in commits of 10,000 records.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "daemon/engine/engine.hpp"
#include "daemon/store/store.hpp"

namespace segmentd::bench {

// "customer-0000042". Every tenth customer spent enough to be a member of `regular` from the first purchase on; one
// live purchase makes each of the others a member.
std::string customer_name(std::size_t customer);
bool is_old_member(std::size_t customer);

class ShopHistory {
  public:
    // A new store in FOLDER/data, these definitions in FOLDER/workspace and in force since an instant.
    ShopHistory(const std::filesystem::path& folder, Timestamp since, const std::map<std::string, std::string>& files);

    // Everybody from customer 0 on buys once, spread evenly over a time that does not begin before the last record.
    void let_all_buy(std::size_t customers, Timestamp from, Duration length);

    // One customer buys at an instant; it is told at this one, which is not before the last record. To be committed.
    void let_buy(std::size_t customer, Timestamp at, Timestamp told_at);
    void commit();

    // Of a purchase now as it is encoded, before it is sealed.
    std::size_t payload_bytes() const;

  private:
    void append(Record record);

    daemon::Store store_;
    daemon::Engine engine_;
    std::vector<Record> records_;      // applied and not yet committed
    std::vector<LedgerEntry> ledger_;  // what they brought about
};

}  // namespace segmentd::bench
