// A store's journal folded into an engine of its own, and what was put to that engine since: records that are not
// durable yet. Commands work on one, and so does the host where new definitions are tried beside the engine that
// serves. One thread at a time.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "daemon/engine/engine.hpp"
#include "daemon/engine/ledger/ledger.hpp"
#include "daemon/store/store.hpp"

namespace segmentd::daemon {

// Applies a record as the next one, and after it the facts that follow from it, whose records `system_record` makes.
// `applied` hears of each of them in order.
using SystemRecord = std::function<Record(Payload)>;
using Applied = std::function<void(Record record, const Effects& effects)>;
Result<Effects> apply_with_facts(Engine& engine, Record record, const SystemRecord& system_record,
                                 const Applied& applied);

class Fold {
  public:
    using WallClock = std::function<Timestamp()>;
    Fold(Store store, WallClock wall);
    virtual ~Fold() = default;
    Fold(const Fold&) = delete;
    Fold& operator=(const Fold&) = delete;

    // Takes in the durable records that it has not and that come before `end`. An Error of `goes_on`, which is asked
    // for every record, ends it.
    Result<void> catch_up(std::uint64_t end, const std::function<Result<void>()>& goes_on);

    // Definitions that were ever in force here, the present ones last.
    struct Version {
        std::string version;
        std::map<std::string, std::string> files;
        Timestamp at{};     // of the engine
        std::string actor;  // who applied them
        std::string reason;
    };
    const std::vector<Version>& versions() const { return versions_; }

    // Who wants something, and why.
    struct Will {
        std::string actor;
        std::string reason;
    };

    // Appends the files as new definitions, which must compile and be of the same workspace.
    Result<Effects> apply_workspace(const std::map<std::string, std::string>& files, const Will& will);
    // The sequence of the record that did so last.
    std::uint64_t workspace_record() const { return workspace_record_; }

    // Contacts existing members whose playbook asks for them, as the daemon does at its start and with new definitions.
    Result<Effects> greet_existing_members();

    // Fires what time brought about since the last record, as the daemon would at its start.
    Result<void> let_time_pass();

    Engine& engine() { return *engine_; }
    Store& store() { return store_; }
    const PastRecords& past() const { return past_; }

    // Applies the record as the next one and keeps it for whoever makes it durable, with the facts that follow from it.
    // Sequence and engine time are given here; the engine time never goes back.
    Result<Effects> append(Record record, Timestamp engine_time);

    // What was appended, its lines of the ledger, and the ids of the events that it decided to send.
    struct Appended {
        std::vector<Record> records;
        std::vector<LedgerEntry> lines;
        std::vector<std::string> sends;
    };
    const Appended& appended() const { return appended_; }
    Appended take_appended() { return std::exchange(appended_, {}); }

    // From here on there is none here; the other way round it gets the one that is given to be rid of.
    void swap_engine(std::unique_ptr<Engine>& engine) { engine_.swap(engine); }

  protected:
    void note_version(const Record& record);
    Record system_record(Payload payload) const;

    Store store_;
    WallClock wall_;
    PastRecords past_;
    std::unique_ptr<Engine> engine_;
    Appended appended_;
    std::vector<Version> versions_;
    std::uint64_t workspace_record_ = 0;
};

}  // namespace segmentd::daemon
