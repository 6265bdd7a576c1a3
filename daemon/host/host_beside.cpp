// Work on a second engine beside the one that serves, and how it takes the other's place.
#include <fmt/format.h>

#include <future>
#include <limits>

#include "daemon/host/host.hpp"
#include "daemon/telemetry/log.hpp"

namespace segmentd::daemon {
namespace {

constexpr std::size_t most_beside = 8;
constexpr std::uint64_t all_there_are = std::numeric_limits<std::int64_t>::max();

Error stopping() {
    return {ErrorCode::unavailable, "the daemon is stopping", {}, {}, "try again later"};
}

Error too_late() {
    return {ErrorCode::unavailable,
            "it took longer than its client waits and was not put in force",
            {},
            {},
            "try again when fewer others plan and apply"};
}

bool is_given_up(const Host::Beside& task) {
    return task.is_given_up && task.is_given_up();
}

// Too little memory for a second engine ends the work, not the daemon.
Result<void> caught(const std::function<Result<void>()>& work) {
    try {
        return work();
    } catch (const std::exception& trouble) {
        return fail(ErrorCode::unavailable, std::string("it could not be tried: ") + trouble.what(), "try again later");
    }
}

void tell(const std::function<void(Result<void>)>& done, Result<void> worked) {
    const auto told = caught([&]() -> Result<void> {
        done(std::move(worked));
        return {};
    });
    if (!told) log_error("host", "an answer could not be given", LogField("error", to_text(told.error())));
}

}  // namespace

Result<void> Host::try_beside(Beside task) {
    {
        const std::lock_guard lock(beside_mutex_);
        if (beside_stops_) return fail(stopping());
        auto& waiting = task.is_kept ? kept_beside_ : beside_;
        if (waiting.size() >= most_beside) {
            return fail(ErrorCode::unavailable, fmt::format("{} pieces of such work wait already", most_beside),
                        "try again once they are done");
        }
        waiting.push_back(std::move(task));
    }
    beside_ready_.notify_one();
    return {};
}

Result<void> Host::reload(std::map<std::string, std::string> files, std::function<void(Result<std::string>)> done) {
    Beside task;
    task.is_kept = true;
    task.work = [files = std::move(files)](Fold& fold) -> Result<void> {
        const auto book = compile_workspace(files);
        if (!book) return fail(book.error().front());
        if (fold.engine().population().book().definitions.version == (*book)->definitions.version) return {};
        auto applied = fold.apply_workspace(files, {"person:operator", "definitions from the workspace folder"});
        if (applied) applied = fold.greet_existing_members();
        return applied ? Result<void>() : fail(std::move(applied).error());
    };
    task.done = [this, done = std::move(done)](Result<void> taken) {
        if (!taken) return done(fail(std::move(taken).error()));
        done(book()->definitions.version);
    };
    return try_beside(std::move(task));
}

void Host::run_beside() {
    while (true) {
        Beside task;
        {
            std::unique_lock lock(beside_mutex_);
            beside_ready_.wait(lock, [this] { return beside_stops_ || !kept_beside_.empty() || !beside_.empty(); });
            auto& waiting = kept_beside_.empty() ? beside_ : kept_beside_;
            if (waiting.empty()) return;
            task = std::move(waiting.front());
            waiting.pop_front();
        }
        auto worked = beside_stops_ ? fail(stopping()) : caught([&] { return work_beside(task); });
        if (worked && task.is_kept) continue;
        tell(task.done, std::move(worked));
    }
}

// What is kept is told by take_over().
Result<void> Host::work_beside(const Beside& task) {
    TRY(store, Store::open(directory_, Store::Mode::reader));
    std::optional<HeldAt> held;
    Fold fold(std::move(store), [&] { return held ? held->wall : wall_now(); });
    const auto goes_on = [this] { return beside_stops_ ? fail(stopping()) : Result<void>(); };
    auto read = task.at.empty() ? fold.catch_up(all_there_are, goes_on) : fold.stand_at(task.at, goes_on);
    if (!read || !task.is_kept) return read ? task.work(fold) : read;
    if (is_given_up(task)) return fail(too_late());

    TRY(held_at, hold_intake());
    held = held_at;
    const auto worked = caught([&]() -> Result<void> {
        if (auto durable = wait_until_durable(); !durable) return durable;
        if (auto caught_up = fold.catch_up(held->end, goes_on); !caught_up) return caught_up;
        return task.work(fold);
    });
    const auto handed = std::make_shared<std::promise<Result<void>>>();
    const bool asked = ask([&, handed](Engine&) {
        auto taken = worked ? check_may_take_over(task, *held) : worked;
        if (taken) take_over(fold, task.done);
        release_intake();
        handed->set_value(std::move(taken));
    });
    if (!asked) return fail(stopping());
    auto taken = handed->get_future().get();
    if (taken && settings_.on_definitions) settings_.on_definitions();
    return taken;
}

// A stop lets the held orders go on before the fold comes to its turn.
Result<void> Host::check_may_take_over(const Beside& task, const HeldAt& held) const {
    if (engine_->records() + 1 != held.end) return fail(stopping());
    return is_given_up(task) ? fail(too_late()) : Result<void>();
}

// What time brings comes before: what is decided about the new definitions is decided at this instant.
Result<Host::HeldAt> Host::hold_intake() {
    const auto answer = std::make_shared<std::promise<HeldAt>>();
    const bool asked = ask([this, answer](Engine& engine) {
        CommitBatch batch;
        tick_when_due(batch);
        submit(std::move(batch));
        is_held_ = true;
        answer->set_value({engine.records() + 1, clock_.now()});
    });
    if (!asked) return fail(stopping());
    return answer->get_future().get();
}

void Host::release_intake() {
    is_held_ = false;
    for (const auto& take : std::exchange(held_orders_, {})) take();
}

// The engine that was goes with the fold.
void Host::take_over(Fold& fold, const std::function<void(Result<void>)>& done) {
    CommitBatch batch;
    auto appended = fold.take_appended();
    if (!appended.records.empty()) {
        fold.engine().read_past_by(past());
        fold.swap_engine(engine_);
        batch.records = std::move(appended.records);
        batch.ledger = std::move(appended.lines);
        for (const auto& id : appended.sends) hold_event(id, batch);
        publish();
    }
    batch.once_durable.emplace_back([done] { tell(done, {}); });
    submit(std::move(batch));
}

void Host::stop_beside() {
    {
        const std::lock_guard lock(beside_mutex_);
        beside_stops_ = true;
    }
    beside_ready_.notify_one();
    if (beside_thread_.joinable()) beside_thread_.join();
}

}  // namespace segmentd::daemon
