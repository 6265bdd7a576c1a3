// POST requests of the tracking API with purchases, as an SDK sends them: about 330 bytes an event. Every event has a
// message id of its own, so that nothing of the load ends as a duplicate, and one of 20,000 customers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"

namespace segmentd::bench {

struct PostShape {
    std::size_t events = 1;  // 1: /v1/track; more: /v1/batch, at most 1,500 for the daemon's limit of 512,000 bytes
    std::size_t connections = 1;  // each has a request of its own
    std::string token;
    std::string timestamp;  // of every event
};

class TrackingPosts {
  public:
    explicit TrackingPosts(const PostShape& shape);

    // The next request of a connection, whole; it stays until the connection's next one.
    std::string_view next(std::size_t connection);

    // Bytes of one event in the body.
    std::size_t event_bytes() const { return event_bytes_; }

  private:
    std::vector<std::string> requests_;  // one a connection; only numbers change in them
    std::vector<std::size_t> message_places_;
    std::vector<std::size_t> customer_places_;
    std::size_t event_bytes_ = 0;
    std::uint64_t events_ = 0;
    Random random_;
};

}  // namespace segmentd::bench
