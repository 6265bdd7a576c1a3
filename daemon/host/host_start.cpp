// How a host comes up: the journal folded, the workspace in force, the clock caught up with.
#include <algorithm>
#include <future>

#include "daemon/host/host.hpp"
#include "daemon/host/quiet_gap.hpp"

namespace segmentd::daemon {
namespace {

constexpr auto longest_drain = std::chrono::seconds(30);

}  // namespace

Result<std::unique_ptr<Host>> Host::open(Store store, HostSettings settings) {
    std::unique_ptr<Host> host(new Host(std::move(store), std::move(settings)));
    LedgerMaker maker(*host->unread_);
    Timestamp received_last = beginning_of_time;
    const auto folded = host->unread_->read_journal(1, [&](const Record& record) -> Result<void> {
        auto effects = host->engine_->apply(record);
        if (!effects) return fail(std::move(effects).error());
        maker.take(record, *effects);
        received_last = std::max(received_last, record.received_at);
        return {};
    });
    if (!folded) return fail(folded.error());
    if (auto done = maker.finish(); !done) return fail(std::move(done).error());
    host->resume_clock(received_last);
    if (host->engine_->has_workspace()) host->publish();
    return host;
}

Result<void> Host::start(const std::map<std::string, std::string>& files) {
    CommitSettings commit;
    commit.most_waiting = settings_.most_waiting;
    commit.watch = settings_.watch;
    commits_ = std::make_unique<CommitThread>(std::move(*unread_), std::move(commit));
    unread_.reset();
    publish_clock();
    hand_out_pending();
    const auto unrecorded = engine_->unrecorded_alarms();
    for (const auto& alarm : unrecorded) {
        if (auto done = append_now(system_record(alarm)); !done) return done;
    }
    const auto undecided = engine_->unrecorded_decisions();
    for (const auto& decision : undecided) {
        if (auto done = append_now(system_record(decision)); !done) return done;
    }
    if (auto done = use_workspace(files); !done) return done;
    if (const auto first_start = engine_->first_start()) {
        Record record = system_record(ClockRecord{});
        record.engine_time = *first_start;
        if (auto done = append_now(std::move(record)); !done) return done;
    }
    const auto now = engine_->time_at(clock_.now());
    if (engine_->next_due() <= now) {
        const bool catch_up = now - engine_->next_due() > quiet_gap;
        if (auto done = append_now(system_record(TickRecord{.catch_up = catch_up})); !done) return done;
    }
    if (auto done = greet_existing_members(); !done) return done;
    publish();
    note_turn();
    if (auto done = wait_until_durable(); !done) return done;
    thread_ = std::thread([this] { run(); });
    beside_thread_ = std::thread([this] { run_beside(); });
    return {};
}

Result<void> Host::use_workspace(const std::map<std::string, std::string>& files) {
    if (files.empty() && engine_->has_workspace()) return {};
    auto book = compile_workspace(files);
    if (!book) return fail(book.error().front());
    const auto& version = (*book)->definitions.version;
    if (engine_->has_workspace() && engine_->population().book().definitions.version == version) return {};
    if (auto checked = engine_->check_is_same_workspace((*book)->definitions); !checked) return checked;
    Record record = system_record(WorkspaceRecord{version, files});
    record.actor = "person:operator";
    record.reason = "definitions from the workspace folder";
    const auto& start = (*book)->definitions.workspace.clock_start;
    if (engine_->records() == 0 && start) record.engine_time = *start;
    auto done = append_now(std::move(record));
    publish();
    return done;
}

// The one moment at which those who were members before are decided about.
Result<void> Host::greet_existing_members() {
    if (!engine_->awaits_greeting()) return {};
    return append_now(system_record(TickRecord{.greets = true, .spares_paused = true}));
}

PastRecords Host::past() {
    return [this](std::uint64_t end, const RecordVisitor& visit) { return read_past(end, visit); };
}

// The past signals, from the store thread, once everything submitted is on the disk.
Result<void> Host::read_past(std::uint64_t end, const RecordVisitor& visit) {
    const auto read = [&](Store& store) {
        return store.read_records(1, end, [&](const Record& record) -> Result<void> {
            visit(record);
            return {};
        });
    };
    if (unread_) return read(*unread_);
    if (auto done = wait_until_durable(); !done) return done;
    std::promise<Result<void>> answer;
    auto future = answer.get_future();
    if (!commits_->query([&](Store& store) { answer.set_value(read(store)); })) {
        return fail(ErrorCode::unavailable, "the store takes no questions now", "try again later");
    }
    return future.get();
}

Result<void> Host::wait_until_durable() const {
    const auto deadline = std::chrono::steady_clock::now() + longest_drain;
    while (commits_->waiting() > 0) {
        if (commits_->waits_for_disk_space()) {
            return fail(ErrorCode::unavailable, "there is no room on the disk of the store", "free some disk space");
        }
        if (std::chrono::steady_clock::now() > deadline) {
            return fail(ErrorCode::unavailable, "the store is too busy", "try again later");
        }
        std::this_thread::yield();
    }
    return {};
}

}  // namespace segmentd::daemon
