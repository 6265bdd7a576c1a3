// How long something lasts, where some of it has not ended yet.
//
// The survival function is the product-limit estimate of Kaplan and Meier 1958 ("Nonparametric estimation from
// incomplete observations", JASA 53); its variance is Greenwood's. The interval of the median holds the times at which
// the log(-log) band of the survival function covers one half (Brookmeyer and Crowley 1982, Biometrics 38; Kalbfleisch
// and Prentice 1980), as survfit(conf.type = "log-log") of R and PROC LIFETEST of SAS have it.
#pragma once

#include <optional>
#include <vector>

namespace segmentd::experiments {

// Of one unit; what has not ended lasted at least this long, and why it was not watched any longer has nothing to do
// with it.
struct Lifetime {
    double length = 0;  // zero or more, in any unit
    bool has_ended = true;
};

struct MedianLifetime {
    std::optional<double> median;  // the first time by which half have ended; nothing where it is not reached
    std::optional<double> lower;   // each nothing where the data do not bound it
    std::optional<double> upper;
};

// At confidence 1 - alpha, alpha in (0, 1). Lifetimes are taken as independent of each other.
MedianLifetime median_lifetime(std::vector<Lifetime> lifetimes, double alpha);

}  // namespace segmentd::experiments
