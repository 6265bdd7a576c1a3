// Answers on their way from any thread to the network thread. Part of the server.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "daemon/net/http_message.hpp"

namespace segmentd::daemon {

// Outlives the server as long as somebody still holds a way to answer; its size is bounded by the
// requests under way, at most one for each connection.
class Mailbox {
  public:
    struct Answer {
        std::uint64_t session = 0;
        std::uint64_t request = 0;
        HttpResponse response;
    };

    // `wake` is called when the first answer lies in an empty box, and must only notify.
    explicit Mailbox(std::function<void()> wake) : wake_(std::move(wake)) {}

    // Dropped where the box is closed.
    void put(Answer answer) {
        const std::lock_guard lock(mutex_);
        if (!wake_) return;
        answers_.push_back(std::move(answer));
        if (answers_.size() == 1) wake_();
    }

    std::vector<Answer> take() {
        const std::lock_guard lock(mutex_);
        return std::exchange(answers_, {});
    }

    // After this, nothing is woken any more.
    void close() {
        const std::lock_guard lock(mutex_);
        wake_ = nullptr;
        answers_.clear();
    }

  private:
    std::mutex mutex_;
    std::vector<Answer> answers_;
    std::function<void()> wake_;
};

}  // namespace segmentd::daemon
