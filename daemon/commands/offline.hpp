// A store opened by a command: the journal folded into an engine, without the daemon.
//
// Who looks takes no lock and sees the state of the last durable record as time has moved it since
// (windows lapse, outcomes mature); nothing of that is written. Where the workspace folder differs
// from the definitions in force, the answer is given as if they were applied now, and a line on
// standard error says so; a folder that is refused is told there too, and the definitions in force are
// shown. Who orders or applies holds the store's lock. An order is taken under the definitions in force: a
// folder that differs or is refused is told on standard error and changes nothing. Who applies puts the
// folder in force, with the first records that are kept.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "daemon/host/fold.hpp"

namespace segmentd::daemon {

using OpenErrors = std::vector<Error>;

class Offline : public Fold {
  public:
    enum class Use { look, order, apply };

    // Who applies makes a store where there is none; for the others that is Error{not_found}, but to look at
    // an empty folder is to see an empty store. `workspace` may be empty: the definitions in force are used.
    static tl::expected<std::unique_ptr<Offline>, OpenErrors> open(const std::string& workspace,
                                                                   const std::string& data, Use use);

    // The store as it was served at a past instant (a date means its end, in the zone of the definitions of that time):
    // the records up to it, the definitions in force then, and what time had brought about by then. Errors: an instant
    // before the first record or after the engine time.
    static tl::expected<std::unique_ptr<Offline>, OpenErrors> open_at(const std::string& data, const std::string& at);

    // The definitions that open() would have in force: the folder's, or the store's where no folder is named.
    static tl::expected<std::shared_ptr<const rules::Rulebook>, OpenErrors> definitions(const std::string& workspace,
                                                                                        const std::string& data);

    // Visits the lines of the ledger about entering and leaving, those that are not written yet last. unsupported for a
    // store that was written before there was a ledger.
    Result<void> read_memberships(const std::function<Result<void>(const LedgerEntry&)>& visit);

    // Makes everything appended since the last commit durable, and signs the tree head over it.
    Result<void> commit(std::span<const Reject> rejects);
    std::size_t uncommitted() const { return appended_.records.size(); }

  private:
    Offline(Store store, Use use);
    Result<void> fold();
    Result<void> fold_until(const std::string& at);
    Result<void> use_workspace(const std::map<std::string, std::string>& files);

    Use use_;
};

// Who sits at the keyboard, as the system knows them: "person:dana". A name that is not UTF-8 is
// passed over.
std::string person_at_keyboard();

// The wall clock, as microseconds since 1970.
Timestamp wall_now();

}  // namespace segmentd::daemon
