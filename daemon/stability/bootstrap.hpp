// How much of a segment would be the same if other customers had been there to learn from.
//
// A segment whose conditions stand on fitted models is estimated: its members depend on who was in the fit. Each
// resample refits those models on the customers of the fit in force, each counted so many times as a Poisson number of
// mean 1 says (the Poisson bootstrap: Hanley and MacGibbon 2006, Computer Methods and Programs in Biomedicine 83;
// Chamandy and others 2012), the same for all models of a resample. Then `enter` alone is asked of everybody known, at
// the engine's present instant, with the models in force and with the refitted ones. The Jaccard index between the
// two is averaged over the resamples and read as Hennig 2007 does (Computational Statistics & Data Analysis 52): from
// 0.85 highly stable, from 0.75 valid, below 0.6 doubtful. A refitted segment keeps its name, so that nothing has to be
// matched; thresholds are literals and do not move. A segment that stands on no fitted model is the same in every
// resample: its index is 1, and the answer says why.
//
// A customer's number in a resample is a hash of the seed, the resample and their id, so the answer is the same each
// time and does not depend on any order.
#pragma once

#include <boost/json/fwd.hpp>

#include "daemon/engine/engine.hpp"

namespace segmentd::daemon {

inline constexpr std::uint64_t bootstrap_seed = 1;

struct BootstrapRequest {
    SegmentId segment;
    std::int64_t resamples = 25;
    std::uint64_t seed = bootstrap_seed;
};

// {"models","resamples","seed","failed","members","mean_jaccard","lowest_jaccard","verdict","why"}. failed counts the
// resamples on which a model could not be fitted; they are left out. mean_jaccard, lowest_jaccard and verdict are null
// where no resample was fitted, a model was never fitted, or nobody is a member. Memory: the population once more.
// Errors: an unknown segment, or a past that cannot be read.
Result<boost::json::object> bootstrap_stability(const Engine& engine, const PastRecords& past,
                                                const BootstrapRequest& request);

// So many times the customer is in the resample: Poisson with mean 1.
std::int64_t times_in_resample(std::uint64_t seed, std::int64_t resample, const CustomerId& customer);

}  // namespace segmentd::daemon
