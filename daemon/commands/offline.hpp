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

#include "daemon/engine/engine.hpp"
#include "daemon/engine/ledger/ledger.hpp"
#include "daemon/store/store.hpp"

namespace segmentd::daemon {

using OpenErrors = std::vector<Error>;

class Offline {
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

    // Definitions that were ever in force here, the present ones last.
    struct Version {
        std::string version;
        std::map<std::string, std::string> files;
        Timestamp at{};     // of the engine
        std::string actor;  // who applied them
        std::string reason;
    };
    const std::vector<Version>& versions() const { return versions_; }

    // Appends the files as new definitions, which must compile and be of the same workspace.
    Result<Effects> apply_workspace(const std::map<std::string, std::string>& files, const std::string& reason);
    // The sequence of the record that did so last.
    std::uint64_t workspace_record() const { return workspace_record_; }

    // Contacts existing members whose playbook asks for them, as the daemon does at its start and with new definitions.
    Result<Effects> greet_existing_members();

    // Fires what time brought about since the last record, as the daemon would at its start.
    Result<void> let_time_pass();

    Engine& engine() { return engine_; }
    Store& store() { return store_; }
    const PastRecords& past() const { return past_; }

    // Visits the lines of the ledger about entering and leaving, those that are not written yet last. unsupported for a
    // store that was written before there was a ledger.
    Result<void> read_memberships(const std::function<Result<void>(const LedgerEntry&)>& visit);

    // Applies the record as the next one and keeps it for commit(), with the facts that follow from it.
    // Sequence and engine time are given here; the engine time never goes back.
    Result<Effects> append(Record record, Timestamp engine_time);

    // Makes everything appended since the last commit durable, and signs the tree head over it.
    Result<void> commit(std::span<const Reject> rejects);
    std::size_t uncommitted() const { return pending_.size(); }

  private:
    Offline(Store store, Use use);
    Result<void> fold();
    Result<void> fold_until(const std::string& at);
    void note_version(const Record& record);
    Result<void> use_workspace(const std::map<std::string, std::string>& files);

    Store store_;
    Use use_;
    PastRecords past_;
    Engine engine_;
    std::vector<Record> pending_;
    std::vector<LedgerEntry> lines_;
    std::vector<Version> versions_;
    std::uint64_t workspace_record_ = 0;
};

// Who sits at the keyboard, as the system knows them: "person:dana". A name that is not UTF-8 is
// passed over.
std::string person_at_keyboard();

// The wall clock, as microseconds since 1970.
Timestamp wall_now();

}  // namespace segmentd::daemon
